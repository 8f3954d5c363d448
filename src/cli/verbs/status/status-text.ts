import { plainLine } from '../../../config/text/plain-text.ts';
import { columns } from '../../../report/columns.ts';
import { timeText } from '../../../report/times.ts';
import type { Status } from '../../local/status/status-of.ts';

const answers = {
  ok: 'all is well',
  warning: 'something deserves attention',
  critical: 'something is wrong',
  unknown: 'not all of it is known',
  'not applicable': 'nothing is known',
} as const;

/** For a screen: the answer first, in words, then each line with its verdict, the worst first. */
export function statusText({ target, at, verdict, lines }: Status): string {
  const order = ['critical', 'unknown', 'warning', 'ok', 'not applicable'];
  const sorted = lines.toSorted(
    (one, other) => order.indexOf(one.verdict) - order.indexOf(other.verdict),
  );
  const rows = columns(
    sorted.map((line) => [line.verdict, line.subject, plainLine(line.text, 400)]),
  );
  const told = rows.flatMap((row, index) => {
    const { hint, verdict: word } = sorted[index]!;
    return hint === undefined || word === 'ok' ? [row] : [row, `  Try: ${plainLine(hint, 200)}`];
  });
  return [`${target}: ${answers[verdict]} (${verdict}) at ${timeText(at)}`, ...told].join('\n');
}
