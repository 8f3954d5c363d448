import type { Examination, Verdict } from '../../activities/database/driver.ts';

/** What an examination said. One in the history of an older version knew two verdicts only, and a run that has it goes on as it began. */
export function verdictOf(
  examined: Pick<Examination, 'verdict'> & { readonly sound?: boolean },
): Verdict {
  return examined.verdict ?? (examined.sound === true ? 'sound' : 'damaged');
}
