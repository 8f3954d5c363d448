import { scaleLinear, scaleUtc } from 'd3-scale';
import { area, line } from 'd3-shape';
import type { Unit } from '../../figures/figure.ts';
import { dateTicks } from '../html/date-ticks.ts';
import { type Markup, markup } from '../html/markup.ts';
import { timeText } from '../times.ts';
import type { Limit } from './measurements.ts';
import { valueText } from './value-text.ts';

const HEIGHT = 170;
const TOP = 16;
const BOTTOM = HEIGHT - 22;
/** Per cent of the width: beside the labels. */
const SIDES = [11, 99] as const;
/** A limit that is more than so many times the highest value would press the line to the ground. */
const FAR = 3;
/** As many as the style has colours, each with dashes of its own. */
export const MOST_LINES = 4;

/** `value`: missing where nothing was measured. `low` and `high` are of the same piece of time. */
export interface Point {
  readonly at: number;
  readonly value?: number;
  readonly low?: number;
  readonly high?: number;
}

export interface PlotLine {
  readonly label: string;
  /** One for each piece of time, all of one length. */
  readonly points: readonly Point[];
}

export interface Plot {
  readonly title: string;
  readonly unit: Unit;
  /** In ms since 1970. */
  readonly from: number;
  readonly to: number;
  readonly lines: readonly PlotLine[];
  readonly limits: readonly Limit[];
  /** Where a forecast goes: corners, the first is the last that was measured. */
  readonly cone?: readonly { readonly at: number; readonly value: number }[];
}

/** A picture as wide as its page; what is said of it stands in its legend, too. Places across are shares of the width: see `timeline`. */
export function plot({ title, unit, from, to, lines, limits, cone = [] }: Plot): Markup {
  const x = scaleUtc([from, to], SIDES);
  const highest = Math.max(
    ...lines.flatMap(({ points }) => points.map(({ value = 0, high = value }) => high)),
    ...cone.map(({ value }) => value),
    0,
  );
  const shown = limits.filter(({ value }) => highest === 0 || value <= highest * FAR);
  const most = Math.max(highest, ...shown.map(({ value }) => value)) * 1.08 || 1;
  const y = scaleLinear([0, most], [BOTTOM, TOP]);
  const across = ({ at }: { readonly at: number }) => rounded(x(at));
  const curve = line<Point>()
    .defined(({ value }) => value !== undefined)
    .x(across)
    .y(({ value }) => rounded(y(value!)));
  const band = area<Point>()
    .defined(({ low, high }) => low !== undefined && high !== undefined)
    .x(across)
    .y0(({ low }) => rounded(y(low!)))
    .y1(({ high }) => rounded(y(high!)));
  const corners = cone.map((one) => `${across(one)},${rounded(y(one.value))}`).join(' ');

  return markup`<svg class="timeline plot" width="100%" height="${HEIGHT}" role="img" aria-label="${title}">
${ticksOf(most, unit).map(
  (value) => markup`<line class="grid" x1="0" x2="100%" y1="${y(value)}" y2="${y(value)}"/>
<text class="tick" x="0" y="${rounded(y(value)) - 4}">${valueText({ value, unit })}</text>
`,
)}${dateTicks(x, HEIGHT - 5)}
<svg width="100%" height="${HEIGHT}" viewBox="0 0 100 ${HEIGHT}" preserveAspectRatio="none">
${gapsOf(lines, to).map(
  (gap) =>
    markup`<rect class="gap" x="${rounded(x(gap.from))}" width="${rounded(x(gap.to) - x(gap.from))}" y="${TOP}" height="${BOTTOM - TOP}"><title>Not measured from ${timeText(isoOf(gap.from))} to ${timeText(isoOf(gap.to))}</title></rect>
`,
)}${corners === '' ? undefined : markup`<polygon class="cone" points="${corners}"/>`}
${lines.map(({ points }, index) => markup`<path class="band line-${index}" d="${band(points) ?? ''}"/>`)}
${lines.map(({ points }, index) => markup`<path class="line line-${index}" d="${curve(points) ?? ''}"/>`)}
</svg>
${shown.map((limit) => limitLine(limit, rounded(y(limit.value))))}</svg>
<p class="legend">${lines.map(({ label }, index) => markup`<span><svg aria-hidden="true"><line class="line-${index}" x1="0" x2="100%" y1="50%" y2="50%"/></svg>${label}</span>`)}</p>`;
}

/** Pieces side by side in which no line has a value. */
function gapsOf(
  lines: readonly PlotLine[],
  to: number,
): readonly { readonly from: number; readonly to: number }[] {
  const points = lines[0]?.points ?? [];
  const isGap = points.map((_, index) => lines.every((one) => !isKnown(one.points[index])));
  return points.flatMap(({ at }, index) => {
    if (!isGap[index] || isGap[index - 1]) return [];
    const end = isGap.indexOf(false, index);
    return [{ from: at, to: end === -1 ? to : points[end]!.at }];
  });
}

function isKnown(point: Point | undefined): boolean {
  return point?.value !== undefined;
}

function limitLine({ verdict, text }: Limit, height: number): Markup {
  return markup`<g class="${verdict}"><line class="limit" x1="0" x2="100%" y1="${height}" y2="${height}"/>
<text class="limit-text" x="100%" y="${height - 4}" text-anchor="end">${verdict} ${text}</text></g>
`;
}

const KIBIBYTE = 1024;

/** Round in the unit that people read. */
function ticksOf(most: number, unit: Unit): number[] {
  const factor =
    unit === 'bytes' || unit === 'bytes per second'
      ? KIBIBYTE ** Math.max(0, Math.floor(Math.log(most / 4) / Math.log(KIBIBYTE)))
      : 1;
  const ticks = scaleLinear([0, most / factor], [0, 1])
    .ticks(4)
    .map((tick) => tick * factor);
  return unit === 'count' ? ticks.filter(Number.isInteger) : ticks;
}

function rounded(value: number): number {
  return Math.round(value * 100) / 100;
}

function isoOf(milliseconds: number): string {
  return new Date(milliseconds).toISOString();
}
