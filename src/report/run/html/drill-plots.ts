import { scaleLinear, scaleUtc } from 'd3-scale';
import { line } from 'd3-shape';
import { countText } from '../../../config/text/count-text.ts';
import type { DrillRecord } from '../../../state/drill-history.ts';
import { dateTicks } from '../../html/date-ticks.ts';
import { type Markup, markup } from '../../html/markup.ts';
import { durationTicks } from '../../html/scale.ts';
import { durationText, timeText } from '../../times.ts';
import type { ReportedDrills } from '../reported-run.ts';

const HEIGHT = 150;
const TOP = 22;
const BOTTOM = HEIGHT - 22;
/** Per cent of the width: beside the labels, and whole dots at the end. */
const SIDES = [9, 98] as const;
/** A goal that is more than so many times the worst drill would press all drills into one line. */
const FAR = 5;

type Metric = 'rtoMilliseconds' | 'rpoMilliseconds';

/** The drills that there were: how long a recovery took in each, and how much would have been lost. */
export function drillPlots({ records, goals }: ReportedDrills): Markup | undefined {
  const dated = records.filter(({ at }) => Number.isFinite(Date.parse(at)));
  if (dated.length === 0) return undefined;
  return markup`${plot('Recovery time', dated, 'rtoMilliseconds', goals.rtoMilliseconds)}
${plot('Age of the newest backup', dated, 'rpoMilliseconds', goals.rpoMilliseconds)}`;
}

/** Places across are shares of the width: see `timeline`. */
function plot(
  title: string,
  drills: readonly DrillRecord[],
  metric: Metric,
  goal: number | undefined,
): Markup {
  const times = drills.map(({ at }) => Date.parse(at));
  const x = scaleUtc([Math.min(...times), Math.max(...times)], SIDES);
  const worst = Math.max(...drills.map((drill) => valueOf(drill, metric) ?? 0), 1);
  const shown = goal !== undefined && goal <= worst * FAR;
  const most = Math.max(worst, shown ? goal : 0) * 1.1;
  const y = scaleLinear([0, most], [BOTTOM, TOP]);
  const curve = line<DrillRecord>()
    .defined((drill) => valueOf(drill, metric) !== undefined)
    .x(({ at }) => x(Date.parse(at)))
    .y((drill) => y(valueOf(drill, metric)!))(drills);

  return markup`<p class="caption">${captionOf(title, drills, metric, goal)}</p>
<svg class="timeline plot" width="100%" height="${HEIGHT}" role="img" aria-label="${title} of ${countText(drills.length, 'drill')}">
${durationTicks(most).map(
  ({
    after,
    label,
  }) => markup`<line class="grid" x1="0" x2="100%" y1="${y(after)}" y2="${y(after)}"/>
<text class="tick" x="0" y="${y(after) - 4}">${label}</text>
`,
)}${dateTicks(x, HEIGHT - 5)}
<svg width="100%" height="${HEIGHT}" viewBox="0 0 100 ${HEIGHT}" preserveAspectRatio="none"><path class="curve" d="${curve ?? ''}"/></svg>
${shown ? goalLine(goal, y(goal)) : undefined}
${drills.map((drill) => dot(drill, metric, x(Date.parse(drill.at)), y))}</svg>`;
}

/** One without a figure failed before there was any: a line across, so that it is not overlooked. */
function dot(
  drill: DrillRecord,
  metric: Metric,
  across: number,
  y: (value: number) => number,
): Markup {
  const { at, verdict, backup, findings } = drill;
  const value = valueOf(drill, metric);
  const accent = { proven: 'done', failed: 'failed', inconclusive: 'skipped' }[verdict];
  const figure = value === undefined ? 'no figure' : durationText(value);
  const text = [`${timeText(at)}: ${figure}, ${verdict}, backup ${backup}`, ...findings].join('. ');
  return markup`<g class="${accent}"><title>${text}</title>${
    value === undefined
      ? markup`<line class="miss" x1="${across}%" x2="${across}%" y1="${TOP}" y2="${BOTTOM}"/>`
      : markup`<circle class="dot" cx="${across}%" cy="${y(value)}" r="4.5"/>`
  }</g>
`;
}

function goalLine(goal: number, height: number): Markup {
  return markup`<line class="goal" x1="0" x2="100%" y1="${height}" y2="${height}"/>
<text class="tick" x="100%" y="${height - 4}" text-anchor="end">goal ${durationText(goal)}</text>`;
}

/** What the picture says, for those who do not see it. */
function captionOf(
  title: string,
  drills: readonly DrillRecord[],
  metric: Metric,
  goal: number | undefined,
): string {
  const last = drills.at(-1)!;
  const value = valueOf(last, metric);
  const now =
    value === undefined ? `the last drill has none (${last.verdict})` : durationText(value);
  if (goal === undefined) return `${title}: ${now}. The target names no goal`;
  const missed = drills.filter((drill) => (valueOf(drill, metric) ?? Infinity) > goal).length;
  return `${title}: ${now}, goal ${durationText(goal)}: ${drills.length - missed} of ${countText(drills.length, 'drill')} met it`;
}

function valueOf(drill: DrillRecord, metric: Metric): number | undefined {
  const value = drill[metric];
  return typeof value === 'number' && Number.isFinite(value) ? Math.max(value, 0) : undefined;
}
