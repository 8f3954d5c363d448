import type { StatusLine } from '../../../local/status/status-line.ts';
import { cellsOf } from '../../../../report/cells.ts';
import { cut } from './cells.ts';
import { figureRows } from './figure-rows.ts';
import { hintRows, rankOf, ranks, type Row } from './ranked-rows.ts';
import { type Paint, rowOf, verdictStyles } from './row.ts';
import type { Seen } from '../seen.ts';
import type { TopState } from '../top-state.ts';
import { ageText } from '../../../../report/performance/value-text.ts';

const SUBJECT = 11;
const VERDICT = 8;

/** All that is known of one target, in the order in which people read it. */
export function detailRows(
  seen: Seen,
  { asked, at }: Pick<TopState, 'asked' | 'at'>,
  columns: number,
  paint: Paint,
): Row[] {
  const answer = asked?.get(seen.target);
  const application = seen.lines.find(({ subject }) => subject === 'application');
  const { verdict, text } = application ?? { verdict: 'unknown', text: '' };
  const title = cut(`${seen.target}: application`, 40);
  const head = [
    { text: title, style: 'bold' as const, width: cellsOf(title) },
    { text: verdict, style: verdictStyles[verdict], width: verdict.length },
    { text },
  ];
  const names = new Set(seen.figures.map(({ name }) => name));
  const besides = [...seen.lines, ...(answer?.lines ?? [])].filter(
    (line) => line !== application && !names.has(line.subject),
  );
  const { key, more } = figureRows(seen, at, columns, paint);
  return [
    { rank: ranks.head, text: rowOf(head, columns, paint) },
    ...hintRows(application, columns, paint),
    { rank: ranks.hint, text: rowOf([{ text: agesText(seen, asked, at) }], columns, paint) },
    ...key,
    ...besides.flatMap((line) => lineRows(line, columns, paint)),
    ...more,
  ];
}

function lineRows(line: StatusLine, columns: number, paint: Paint): Row[] {
  const { subject, verdict, text } = line;
  const cells = [
    { text: subject, width: SUBJECT },
    { text: verdict, width: VERDICT, style: verdictStyles[verdict] },
    { text },
  ];
  const rank = rankOf(verdict, ranks.line);
  return [{ rank, text: rowOf(cells, columns, paint) }, ...hintRows(line, columns, paint)];
}

function agesText({ target, age, every }: Seen, asked: TopState['asked'], now: number): string {
  const answer = asked?.get(target);
  const measured =
    age === undefined ? 'Not measured' : `Measured ${ageText(age)} ago, each ${ageText(every)}`;
  if (!asked) return `${measured} · Temporal is not asked`;
  if (!answer) return `${measured} · Temporal has not answered yet`;
  return `${measured} · Temporal asked ${ageText(now - answer.at)} ago`;
}
