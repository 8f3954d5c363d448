import { type Markup, markup } from '../../html/markup.ts';
import { openScale } from '../../html/scale.ts';
import { cut } from '../../cells.ts';
import { durationText } from '../../times.ts';
import type { ReportedRun } from '../reported-run.ts';
import { type BegunLine, begunLines } from '../run-report.ts';

const ROW = 36;
const BAR = 9;
/** Above the rows: the axis. */
const TOP = 22;
/** As many letters as fit beside each other on a phone. */
const LABEL_LETTERS = 46;

type Share = ReturnType<typeof openScale>['share'];

/**
 * The steps of a run in time: a bar a step on one scale, and the application's downtime behind them. Places across are
 * shares of the width, so that one picture fits a desk and a phone, and its letters stay readable.
 */
export function timeline(view: ReportedRun): Markup | undefined {
  const lines = begunLines(view.ledger ?? []);
  if (lines.length === 0) return undefined;
  const times = lines.flatMap(({ startedAt, finishedAt }) => [startedAt, finishedAt ?? startedAt]);
  const begin = Math.min(Date.parse(view.startedAt), ...times.map((time) => Date.parse(time)));
  const end = Math.max(...[...times, view.endedAt ?? times[0]!].map((time) => Date.parse(time)));
  const { share, ticks } = openScale(begin, end);
  const height = TOP + lines.length * ROW;
  const down = downtimeOf(view, end);

  return markup`<svg class="timeline" width="100%" height="${height}" role="img" aria-label="The steps in time">
${lines.map((_, index) => markup`<rect class="track" x="0" y="${barTop(index)}" width="100%" height="${BAR}" rx="2"/>`)}
${down && markup`<rect class="down" x="${share(down.from)}" y="${TOP - 6}" width="${share(down.until, down.from)}" height="${height - TOP + 6}"><title>${down.label}</title></rect>`}
${ticks.map(
  ({
    at,
    label,
    anchor,
  }) => markup`<line class="grid" x1="${at}" x2="${at}" y1="${TOP - 6}" y2="${height}"/>
<text class="tick" x="${at}" y="11" text-anchor="${anchor}">${label}</text>
`,
)}${lines.map((line, index) => bar(line, index, share))}</svg>
${down && markup`<p class="legend"><i></i>${down.label}</p>`}`;
}

function bar(line: BegunLine, index: number, share: Share): Markup {
  const { label, title, state, startedAt, finishedAt, note } = line;
  const from = Date.parse(startedAt);
  const until = finishedAt ? Date.parse(finishedAt) : from;
  const took = finishedAt ? durationText(until - from) : state;
  const whole = `${label}. ${title}: ${state}, ${took}${note ? `, ${note}` : ''}`;
  const y = barTop(index);
  return markup`<g class="${state}"><title>${whole}</title>
<text x="0" y="${y - 5}">${cut(`${label}  ${title}`, LABEL_LETTERS)} <tspan class="took" dx="4">${took}</tspan></text>
<rect class="bar" x="${share(from)}" y="${y}" width="${share(until, from)}" height="${BAR}" rx="1"/></g>
`;
}

function barTop(index: number): number {
  return TOP + index * ROW + 17;
}

interface Downtime {
  readonly from: number;
  readonly until: number;
  readonly label: string;
}

function downtimeOf({ downtime, ledger = [] }: ReportedRun, end: number): Downtime | undefined {
  const lineOf = (id: PropertyKey | undefined) => ledger.find((line) => line.id === id);
  const from = lineOf(downtime?.from)?.startedAt;
  if (!from) return undefined;
  const last = lineOf(downtime?.until);
  const up = last?.state === 'done' ? last.finishedAt : undefined;
  const begin = Date.parse(from);
  if (!up) return { from: begin, until: end, label: 'The application was down, until the undo' };
  const until = Date.parse(up);
  return {
    from: begin,
    until,
    label: `The application was down for ${durationText(until - begin)}`,
  };
}
