import type { Target } from '../config/target.ts';
import { acting } from './support/acting.ts';
import { driverFor } from './support/runtime/driver.ts';
import { redacted } from './support/redacted.ts';
import { endStopOrder, orderStop } from './support/runtime/stop-order.ts';

/** The application's processes, by whichever driver the target names. */
export function runtimeActivities(target: Target) {
  const driver = driverFor(target);

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
    stop: acting(async (): Promise<{ changed: boolean; begunAt: string }> => {
      const { running } = await driver.describe();
      const begunAt = await orderStop(target);
      if (running) await driver.stop();
      return { changed: running, begunAt };
    }),

    async logs(lines: number): Promise<{ lines: string[] }> {
      return { lines: (await driver.logs(lines)).map(redacted) };
    },
  };
}
