import { join } from 'node:path';
import type { Target } from '../../../config/schema/target.ts';
import { places, reading } from '../../../state/claim-database.ts';
import type { RunningWorker } from '../../../worker.ts';
import { sayOf } from '../../output/say.ts';
import { every } from '../every.ts';
import type { Registration } from './registration.ts';

const INTERVAL_MILLISECONDS = 20_000;

interface Watch {
  readonly targets: readonly Target[];
  readonly worker: Pick<RunningWorker, 'release'>;
  readonly registration: Pick<Registration, 'movedTo'>;
}

/**
 * Notices that people have moved a target to another place while this worker served it, or slept. The runs that began here are
 * brought to their end here; then the worker serves it no more.
 */
export function watchPlaces({ targets, worker, registration }: Watch): { stop(): Promise<void> } {
  const told = new Set<string>();
  const released = new Set<string>();

  return every(INTERVAL_MILLISECONDS, async () => {
    // Whatever Temporal answers instead passes, or the worker itself notices.
    for (const target of targets) await check(target).catch(() => {});
  });

  async function check(target: Target): Promise<void> {
    const { name, state } = target;
    if (released.has(name)) return;
    const other = await registration.movedTo(target);
    if (!other) return void told.delete(name);
    if (!told.has(name)) {
      told.add(name);
      sayOf(
        { target: name },
        `Warning: "${name}" was moved: ${other.who}. ${
          other.withItsRuns
            ? 'The runs that began here go on there: this worker does nothing any more'
            : 'This worker only ends the runs that began here'
        }`,
      );
      if (!other.withItsRuns) return;
    }
    if (!other.withItsRuns && (await reading(join(state, 'claim.db'), places)).length > 0) return;
    released.add(name);
    await worker.release(name);
    sayOf(
      { target: name },
      `Serving "${name}" no more: it was moved${other.withItsRuns ? '' : ', and no run holds it here'}`,
    );
  }
}
