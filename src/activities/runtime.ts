import type { Target } from '../config/target.ts';
import { acting } from './support/acting.ts';
import { type Evidence, keepEvidence } from './support/evidence.ts';
import { driverFor } from './support/runtime/driver.ts';
import { redacted } from './support/redacted.ts';
import { endStopOrder, orderStop } from './support/runtime/stop-order.ts';

interface Stopped {
  readonly changed: boolean;
  /** When the first order to stop was given. ISO 8601, UTC. */
  readonly begunAt: string;
  readonly evidence: readonly Evidence[];
}

const LAST_LINES = 200;

/** The application's processes, by whichever driver the target names. */
export function runtimeActivities(target: Target, run?: string) {
  const driver = driverFor(target);

  /** What it printed last: afterwards, containers and their logs may be gone. That there is none is no reason to go on running. */
  async function lastWords(): Promise<Evidence[]> {
    if (run === undefined) return [];
    const lines = await driver.logs(LAST_LINES).catch(() => []);
    const content = lines.map((line) => `${redacted(line)}\n`).join('');
    return content ? [keepEvidence(target, run, 'application.log', content)] : [];
  }

  return {
    async describe(): Promise<{ running: boolean; detail: string }> {
      return driver.describe();
    },

    /** Starts it if it does not run. That it serves is for `http.expectReady` to prove. */
    start: acting(async (): Promise<{ changed: boolean; detail: string }> => {
      const before = await driver.describe();
      if (!before.running) await driver.start();
      await endStopOrder(target);
      const { detail } = before.running ? before : await driver.describe();
      return { changed: !before.running, detail };
    }),

    /** Returns when nothing of it runs any more. `begunAt` is the time of the first order to stop. */
    stop: acting(async (): Promise<Stopped> => {
      const { running } = await driver.describe();
      const evidence = running ? await lastWords() : [];
      const begunAt = await orderStop(target);
      if (running) await driver.stop();
      return { changed: running, begunAt, evidence };
    }),

    async logs(lines: number): Promise<{ lines: string[] }> {
      return { lines: (await driver.logs(lines)).map(redacted) };
    },
  };
}
