import type { StepSystems } from '../../../activities/index.ts';
import { failed } from '../../../engine/run/failed.ts';
import type { Step } from '../../../engine/steps/step.ts';
import { attempted } from '../attempted.ts';
import { sentences } from '../diagnosis.ts';
import { proveStarted, startUntilReady } from '../start-until-ready.ts';
import { expectStartable } from '../startup-checklist.ts';
import type { Leave } from './leave.ts';
import type { Repair } from './repair-until-well.ts';

interface Lines {
  readonly line: Step;
  readonly after: Step;
}

/** Empties the caches that the application keeps for itself. The run goes on without it when it fails. */
export function clearing<Measured extends { note: string }>(
  leave: Leave,
  clearable: readonly string[],
  lines: Lines,
): Repair<'clear', Measured> {
  return {
    ...lines,
    name: 'clear',
    not:
      leave === 'no'
        ? 'They are not to be cleared'
        : clearable.length === 0
          ? 'None can be cleared from here'
          : undefined,
    work: clearCaches,
    options: ({ note }) => ({
      ...(leave === 'ask' && {
        approve: `${note}. Cleared are ${clearable.join(' and ')}. They fill again by themselves, and the first answers take longer`,
      }),
      ifFailed: undefined,
    }),
  };
}

/** Restarts the application, and proves it. `why`: what would keep it from coming back. */
export function restarting<Measured extends { note: string }>(
  leave: Leave,
  why: string | undefined,
  lines: Lines,
): Repair<'restart', Measured> {
  return {
    ...lines,
    name: 'restart',
    not: leave === 'no' ? 'It is not to be restarted' : why && `It might not come back: ${why}`,
    work: restartProven,
    options: ({ note }) => ({
      ...(leave === 'ask' && {
        approve: `${note}. It is down until it has started again, and who uses it loses what was not saved`,
      }),
      undo: startUntilReady,
    }),
  };
}

/** For a line of the plan: what would keep it from coming back is looked for before anything stops it. */
export async function whyNotStartable(
  systems: Pick<StepSystems, 'lifecycle'>,
): Promise<{ readonly why?: string }> {
  const { reason } = await attempted(expectStartable(systems));
  return reason ? { why: reason.message } : {};
}

/** Its own keys in Redis, no other's, and what Streamlit holds in its process. */
async function clearCaches({ redis, app }: Pick<StepSystems, 'redis' | 'app'>) {
  const { reachable } = await redis.inspect();
  const keys = reachable ? (await redis.clearPrefix()).note : undefined;
  const { note } = await app.clearCache();
  return { note: sentences(keys, note) };
}

/** Error: `Contained`, when somebody has contained it since. */
async function restartProven(
  systems: Pick<StepSystems, 'runtime' | 'http' | 'app' | 'alerts' | 'proxy'>,
) {
  await systems.runtime.stop();
  const { contained, note } = await startUntilReady(systems);
  if (contained) throw failed('Contained', contained.note);
  const proof = await proveStarted(systems);
  return { note: sentences(proof.note, note) };
}
