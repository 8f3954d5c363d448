import type { Builder } from '@grafana/grafana-foundation-sdk/cog';
import {
  BigValueColorMode,
  BigValueGraphMode,
  GraphDrawStyle,
  ReduceDataOptionsBuilder,
  StackingConfigBuilder,
  StackingMode,
  VisibilityMode,
} from '@grafana/grafana-foundation-sdk/common';
import {
  type Panel,
  ThresholdsConfigBuilder,
  ThresholdsMode,
  type ValueMap,
} from '@grafana/grafana-foundation-sdk/dashboard';
import { DataqueryBuilder } from '@grafana/grafana-foundation-sdk/prometheus';
import { PanelBuilder as StatBuilder } from '@grafana/grafana-foundation-sdk/stat';
import { PanelBuilder as TimelineBuilder } from '@grafana/grafana-foundation-sdk/statetimeline';
import { PanelBuilder as SeriesBuilder } from '@grafana/grafana-foundation-sdk/timeseries';

interface Query {
  readonly expr: string;
  /** Of a series, by its labels: `{{target}}`. */
  readonly legend: string;
}

interface Options {
  readonly title: string;
  /** What it means, for who has not seen it before. */
  readonly description: string;
  readonly queries: readonly Query[];
  /** As Grafana names it: `s`, `decbytes`, `percentunit`. */
  readonly unit?: string;
  /** Of 24. */
  readonly width?: number;
}

/** Whichever Prometheus the reader has chosen. */
export const SOURCE = { type: 'prometheus', uid: '${source}' };

/** Whichever targets. */
export const OF_TARGET = 'target=~"$target"';

const HEIGHT = { stat: 4, series: 8 };

const COLOURS = { good: 'green', warning: 'orange', bad: 'red', unknown: 'purple' };

/** The exit codes of monitoring plugins. */
const VERDICTS: ValueMap = {
  type: 'value' as ValueMap['type'],
  options: {
    0: { text: 'ok', color: COLOURS.good, index: 0 },
    1: { text: 'warning', color: COLOURS.warning, index: 1 },
    2: { text: 'critical', color: COLOURS.bad, index: 2 },
    3: { text: 'unknown', color: COLOURS.unknown, index: 3 },
  },
};

/** How each target stands now. */
export function verdicts(options: Options): Builder<Panel> {
  return stat(options).mappings([VERDICTS]);
}

/** The same over time. */
export function verdictTimeline({
  title,
  description,
  queries,
  width = 24,
}: Options): Builder<Panel> {
  return new TimelineBuilder()
    .title(title)
    .description(description)
    .datasource(SOURCE)
    .targets(queries.map(ranging))
    .mappings([VERDICTS])
    .thresholds(steps([[null, COLOURS.unknown]]))
    .showValue(VisibilityMode.Never)
    .mergeValues(true)
    .height(HEIGHT.series)
    .span(width);
}

/** What is to be 0: red, or orange, from the first on. */
export function alarms(options: Options & { readonly colour?: 'warning' | 'bad' }): Builder<Panel> {
  const { colour = 'bad' } = options;
  return stat(options).thresholds(
    steps([
      [null, COLOURS.good],
      [1, COLOURS[colour]],
    ]),
  );
}

/** Lines over time. */
export function series(options: Options): SeriesBuilder {
  const { title, description, queries, unit, width = 12 } = options;
  const panel = new SeriesBuilder()
    .title(title)
    .description(description)
    .datasource(SOURCE)
    .targets(queries.map(ranging))
    .min(0)
    .showPoints(VisibilityMode.Never)
    .height(HEIGHT.series)
    .span(width);
  return unit === undefined ? panel : panel.unit(unit);
}

/** How many in each interval, on top of one another. */
export function bars(options: Options): Builder<Panel> {
  return series(options)
    .drawStyle(GraphDrawStyle.Bars)
    .fillOpacity(70)
    .interval('1h')
    .stacking(new StackingConfigBuilder().mode(StackingMode.Normal).group('A'));
}

/** A number for each series, as it is now. */
export function stat({ title, description, queries, unit, width = 4 }: Options): StatBuilder {
  const panel = new StatBuilder()
    .title(title)
    .description(description)
    .datasource(SOURCE)
    .targets(queries.map((query, index) => queryOf(query, index).instant()))
    .colorMode(BigValueColorMode.Background)
    .graphMode(BigValueGraphMode.None)
    .reduceOptions(new ReduceDataOptionsBuilder().calcs(['lastNotNull']))
    .height(HEIGHT.stat)
    .span(width);
  return unit === undefined ? panel : panel.unit(unit);
}

function ranging(query: Query, index: number): DataqueryBuilder {
  return queryOf(query, index).range();
}

function queryOf({ expr, legend }: Query, index: number): DataqueryBuilder {
  return new DataqueryBuilder()
    .refId(String.fromCodePoint(65 + index))
    .datasource(SOURCE)
    .expr(expr)
    .legendFormat(legend);
}

export function steps(all: readonly (readonly [from: number | null, colour: string])[]) {
  return new ThresholdsConfigBuilder()
    .mode(ThresholdsMode.Absolute)
    .steps(all.map(([value, color]) => ({ value, color })));
}
