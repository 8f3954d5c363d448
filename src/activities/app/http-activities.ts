import { setTimeout as sleep } from 'node:timers/promises';
import type { Target } from '../../config/schema/target.ts';
import { inMilliseconds } from '../../config/time/duration.ts';
import { permanent } from '../../os/failure.ts';
import { redacted } from '../../os/redacted.ts';
import { answerOf } from './answer-of.ts';
import { measureResponse, type ResponseTimes } from './measure-response.ts';
import type { Started } from './started.ts';

/** The shortest pause between two questions: a fast application is noticed at once. */
const SOONEST = 25;

/** The application's health URL. */
export function httpActivities(
  target: Pick<Target, 'app'> & Partial<Pick<Target, 'metrics'>>,
  started?: Started,
) {
  const { app } = target;
  const timeout = inMilliseconds(app.timeout);

  return {
    async isReady(): Promise<boolean> {
      const { ok } = await answerOf(app.health, timeout);
      return ok && (await started?.whyNotRunning()) === undefined;
    },

    /** Asks for the page again and again, and measures how long it takes. What fails is counted, and is no failure. */
    async measure(): Promise<ResponseTimes> {
      return measureResponse(target);
    },

    /** Asks until a 2xx comes. Errors: `NotReady`, with the last answer; `MachineRestarted`. */
    async expectReady(): Promise<{ milliseconds: number; readyAt: string }> {
      await started?.expectNotLost();
      const within = inMilliseconds(app.ready.within);
      const every = inMilliseconds(app.ready.every);
      const begin = performance.now();
      const elapsed = () => performance.now() - begin;
      for (let last: string | undefined; ;) {
        const limit = Math.min(timeout, Math.max(1, Math.ceil(within - elapsed())));
        const { ok, text, timedOut } = await answerOf(app.health, limit);
        // A question that the end of the wait cut short says nothing new.
        if (!timedOut || limit === timeout) last = text;
        const ready = { milliseconds: Math.round(elapsed()), readyAt: new Date().toISOString() };
        const why = ok ? await started?.whyNotRunning() : undefined;
        if (ok && why === undefined) return ready;
        // A tenth of the wait so far: found late by at most that, and asked seldom when it takes long.
        const pause = Math.min(every, Math.max(SOONEST, elapsed() / 10));
        if (elapsed() + pause >= within) {
          const reason = why ?? (await started?.whyNotRunning());
          throw permanent(
            'NotReady',
            `Expected 2xx from ${redacted(app.health)} within ${app.ready.within}: got ${last ?? text}${reason === undefined ? '' : `; ${reason}`}`,
          );
        }
        await sleep(pause);
      }
    },
  };
}
