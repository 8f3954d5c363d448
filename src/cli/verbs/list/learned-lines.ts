import type { Learned } from '../../../activities/procedures/learned.ts';
import { plainLine } from '../../../config/text/plain-text.ts';

/** More are in `--json`. */
const MOST = 5;
const LETTERS = 300;

/** What reviews of incidents have taught of a runbook, a line each. `learned`: the newest first. */
export function learnedLines(learned: readonly Learned[]): string[] {
  const lines = learned
    .slice(0, MOST)
    .map(
      ({ at, text, incident }) =>
        `    learned ${at.slice(0, 10)}: ${plainLine(text, LETTERS)} (${plainLine(incident)})`,
    );
  const more = learned.length - lines.length;
  return more > 0 ? [...lines, `    and ${more} more, in --json`] : lines;
}
