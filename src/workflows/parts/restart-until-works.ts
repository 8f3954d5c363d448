import { sleep } from '@temporalio/workflow';
import type { StepSystems } from '../../activities/index.ts';
import { countText } from '../../config/text/count-text.ts';
import { attempted } from './attempted.ts';
import { described, isOfConfiguration } from './described.ts';
import { startUntilReady } from './start-until-ready.ts';

type Systems = Pick<StepSystems, 'alerts' | 'runtime' | 'http' | 'app' | 'proxy'>;

export interface Works {
  /** What people should know of how it was started. */
  readonly toCheck: readonly string[];
}

interface Restarted extends Partial<Works> {
  readonly text: string;
  /** Why it does not work. */
  readonly why?: string;
}

export async function startAndProve(systems: Systems): Promise<Works> {
  const { note } = await startUntilReady(systems);
  await systems.app.prove();
  return { toCheck: note === undefined ? [] : [note] };
}

/** Restarts the application as often, and with such pauses, as its policy says. `still`: why it does not work until now. */
export async function restartUntilWorks(systems: Systems, still: string): Promise<Restarted> {
  const { pauses } = await systems.app.restarts();
  let why = still;
  let tries = 0;
  for (const pause of pauses) {
    if (pause > 0) await sleep(pause);
    tries += 1;
    await described(systems.runtime.stop());
    const up = await attempted(startAndProve(systems));
    if (up.result) {
      const { toCheck } = up.result;
      return { toCheck, text: [`Works after try ${tries}`, ...toCheck].join('. ') };
    }
    why = up.reason.message;
    // A try later meets the same configuration.
    if (isOfConfiguration(up.reason.type)) break;
  }
  return { text: `Does not work after ${countText(tries, 'try', 'tries')}: ${why}`, why };
}
