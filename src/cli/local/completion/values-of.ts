import { catalogue } from '../../../client/catalogue.ts';
import { readTargets, targetNames } from '../../../config/load/load.ts';
import type { Target } from '../../../config/schema/target.ts';
import { readStatusFile } from '../../../state/figures/status-file.ts';
import { newestStoredRuns } from '../../../state/run-reports.ts';
import type { Candidate } from './complete.ts';

/** Verbs that act on an open run: those that have ended are not offered. */
const ACTING = /^runbook (decide|approve|reject|pause|resume|stop)$/;
const RUN = /[a-z-]+\/[\w.-]+\/\d{8}_\d{6}(?:[\w./-]*\w)?/g;
/** The newest: nobody looks through more. */
const SHOWN = 30;

/** What an option or an argument of such a name may be, in `verb` (`runbook stop`). Whatever cannot be read is not offered. */
export function valuesOf(name: string, verb: string): Candidate[] {
  try {
    if (/^targets?$/.test(name)) return targetNames().map((value) => ({ value, text: '' }));
    if (name === 'runbook')
      return [...catalogue].map(([value, { title }]) => ({ value, text: title }));
    if (name === 'run') return runs(!ACTING.test(verb));
    return name === 'incident' ? incidents() : [];
  } catch {
    return [];
  }
}

/** Those of which the worker of a target has heard last, and those that have left a report beside it. */
function runs(ended: boolean): Candidate[] {
  const { targets } = readTargets();
  const open = targets.flatMap((target) =>
    [...new Set(openRunsOf(target))].map((value) => ({ value, text: 'open' })),
  );
  return ended ? [...open, ...targets.flatMap(reportsOf)] : open;
}

function openRunsOf(target: Target): string[] {
  const file = readStatusFile(target);
  if ('why' in file) return [];
  const lines = file.asked?.lines.filter(({ subject }) => subject === 'run') ?? [];
  return lines.flatMap(({ text, hint = '' }) => `${text} ${hint}`.match(RUN) ?? []);
}

function reportsOf(target: Target): Candidate[] {
  try {
    return newestStoredRuns(target, SHOWN).map((value) => ({ value, text: 'ended' }));
  } catch {
    // Closed to this user: the others are offered.
    return [];
  }
}

function incidents(): Candidate[] {
  return readTargets().targets.flatMap((target) => {
    const file = readStatusFile(target);
    const all = 'why' in file ? [] : (file.incidents?.all ?? []);
    return all.map(({ id, title }) => ({ value: id, text: title }));
  });
}
