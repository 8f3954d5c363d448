import { setTimeout as sleep } from 'node:timers/promises';

const EVERY_MILLISECONDS = 50;

/** Asks an application from outside, as its people do, all the time. */
export function pollDowntime(health: string) {
  const polling = new AbortController();
  let down = 0;
  const polls = (async () => {
    for (let last = performance.now(); !polling.signal.aborted;) {
      const answers = await fetch(health, { signal: AbortSignal.timeout(2000) })
        .then(({ ok }) => ok)
        .catch(() => false);
      const now = performance.now();
      if (!answers) down += now - last;
      last = now;
      await sleep(EVERY_MILLISECONDS);
    }
  })();

  return {
    /** Milliseconds in which it did not answer. */
    async stop(): Promise<number> {
      polling.abort();
      await polls;
      return Math.round(down);
    },
  };
}
