import { setTimeout as sleep } from 'node:timers/promises';

/** Works again and again, each time so many ms after the last, until it is stopped: that waits for the work that is under way. */
export function every(
  interval: number,
  work: (over: AbortSignal) => Promise<void>,
): { stop(): Promise<void> } {
  const over = new AbortController();
  const ended = loop();
  return {
    async stop() {
      over.abort();
      await ended;
    },
  };

  async function loop(): Promise<void> {
    for (;;) {
      await sleep(interval, undefined, { signal: over.signal }).catch(() => {});
      if (over.signal.aborted) return;
      await work(over.signal);
    }
  }
}
