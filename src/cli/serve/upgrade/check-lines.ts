import { version, versionText } from '../../../config/version.ts';
import { countText } from '../../../config/text/count-text.ts';
import type { Lacking, Misfit, UpgradeCheck } from '../../../worker/upgrade/check-upgrade.ts';

/** What the check found, a line each: what does not fit first. `target`: it looked at that one only. */
export function checkLines(
  { misfits, lacking, unread, replayed, own }: UpgradeCheck,
  target?: string,
): string[] {
  if (replayed + own + unread.length === 0)
    return [`Nothing is open${target === undefined ? '' : ` of "${target}"`}`];
  const all = countText(replayed, 'open run');
  const passed = own === 0 ? '' : `; ${own} more ${own === 1 ? 'is' : 'are'} of this very build`;
  const head =
    misfits.length === 0
      ? `Version ${version} carries on ${all}${passed}`
      : `Version ${version} does not carry on ${misfits.length} of ${all}${passed}`;
  const named = new Set(misfits.map(({ run }) => run));
  return [
    head,
    ...misfits.map(misfitText),
    ...lacking.filter(({ run }) => !named.has(run)).map(lackingText),
    ...unread.map(({ run, why }) => `${run}: cannot be judged: ${why}`),
  ];
}

function misfitText({ run, step, event, eventId, why, fits }: Misfit): string {
  const where = step === undefined ? '' : ` at "${step}"`;
  return `${run}:${where} event ${eventId} of its history is ${event}, which this version does not bring about (${why})${goesOn(fits)}`;
}

function lackingText({ run, activity, pending, fits }: Lacking): string {
  const calls = pending
    ? `waits for "${activity}", which this version does not have`
    : `has called "${activity}", which this version does not have, and would wait where it calls that again`;
  return `${run}: ${calls}${pending ? goesOn(fits) : ''}`;
}

function goesOn(fits: string | undefined): string {
  return fits === undefined ? '' : `. It goes on with version ${versionText(fits)}`;
}

/** What to do about what does not fit. */
export function checkHint({ misfits, lacking }: UpgradeCheck): string {
  const builds = [...misfits, ...lacking.filter(({ pending }) => pending)].flatMap(
    ({ fits }) => fits ?? [],
  );
  const [first] = builds;
  const start = first === undefined ? 'the version before' : `version ${versionText(first)}`;
  return `go on with ${start} until they have ended, or "runbook stop" each while it serves (docs/upgrade.md)`;
}
