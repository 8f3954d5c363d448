import type { Target } from '../../config/schema/target.ts';
import { acting } from '../../os/acting.ts';
import { composeServices, NO_SERVICES, type Which } from './compose/other-services.ts';

export interface ServicesStarted {
  readonly changed: boolean;
  /** Those that did not run before. */
  readonly names: readonly string[];
  readonly note: string;
}

/** What the target's Compose file runs beside the application: a cache, a proxy, ... */
export function serviceActivities(target: Target) {
  const { runtime } = target;
  const services = runtime.kind === 'compose' ? composeServices(target, runtime) : NO_SERVICES;

  return {
    async running(): Promise<{ readonly names: readonly string[] }> {
      return { names: await services.running() };
    },

    /** Errors: `StartFailed`, and those of Docker. */
    start: acting(async (which: Which): Promise<ServicesStarted> => {
      const { names, notes = [], unknown } = await services.start(which);
      const started = names.length > 0 ? `Started ${names.join(', ')}` : 'None had to be started';
      const note = unknown ?? [started, ...notes].join('. ');
      return { changed: names.length > 0, names, note };
    }),

    /** Stops what did not run before. */
    stopExcept: acting(async (names: readonly string[]): Promise<{ readonly changed: boolean }> => {
      return { changed: (await services.stopExcept(names)).length > 0 };
    }),
  };
}
