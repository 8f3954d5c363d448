import { countText } from '../../config/text/count-text.ts';
import type { Target } from '../../config/schema/target.ts';
import { acting } from '../../os/acting.ts';
import { redacted } from '../../os/redacted.ts';
import { type Evidence, keepEvidence } from '../../state/evidence.ts';
import { lastChanges } from '../../state/last-changes.ts';
import { driverFor } from '../runtime/driver-for.ts';
import { changedSinceKnownGood } from '../runtime/known-good/known-good.ts';

export interface Kept {
  /** What is another one than when it was known to be good, and what was changed last: files first, and the newest of them and of runs. */
  readonly changes: readonly string[];
  readonly note: string;
  readonly evidence: readonly Evidence[];
}

/** B reads the last 50 lines. */
const LAST_LINES = 50;

/** What shows people later how it was, before anything was done about it. */
export function evidenceActivities(target: Target, run: string) {
  return {
    /** Writes down what was found, the application's state and last lines, and what was changed of late. */
    keep: acting(async (findings: readonly string[]): Promise<Kept> => {
      const driver = driverFor(target);
      const state = await orWhyNot(async () => [(await driver.describe()).detail]);
      const since = await orWhyNot(() => changedSinceKnownGood(target));
      const changes = [...since, ...lastChanges(target, run)];
      const lines = await orWhyNot(() => driver.logs(LAST_LINES));
      const sections = {
        Found: findings,
        State: state,
        'Changed last': changes,
        'Last lines': lines,
      };
      const content = Object.entries(sections)
        .map(
          ([title, section]) =>
            `${title}\n${section.map((line) => `  ${redacted(line)}\n`).join('')}`,
        )
        .join('\n');
      return {
        changes: [...since.slice(0, 5), ...lastChanges(target, run, 5)].slice(0, 8),
        note: `${countText(lines.length, 'line')} of log; changed last: ${changes[0] ?? 'nothing that is known'}`,
        evidence: [keepEvidence(target, run, 'found.txt', content)],
      };
    }),
  };
}

/** A runtime that does not answer is a finding, too. */
async function orWhyNot(find: () => Promise<string[]>): Promise<string[]> {
  try {
    return await find();
  } catch (error) {
    return [`Not to be had: ${(error as Error).message}`];
  }
}
