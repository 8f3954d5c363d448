import { families, type Family, type MetricName } from './families.ts';

/** One line of a metric. */
export interface Sample {
  readonly name: MetricName;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
  /** Of a histogram. */
  readonly part?: '_bucket' | '_sum' | '_count';
}

/** In the text format 0.0.4 of Prometheus: each family once, in the order of the table, without those that have no sample. */
export function metricsText(samples: readonly Sample[]): string {
  const byName = Map.groupBy(samples, ({ name }) => name);
  const lines = Object.entries<Family>(families).flatMap(([name, { type, help }]) => {
    const own = byName.get(name as MetricName) ?? [];
    if (own.length === 0) return [];
    return [
      `# HELP ${name} ${help}`,
      `# TYPE ${name} ${type}`,
      ...own.map(
        ({ labels, value, part = '' }) => `${name}${part}${labelsText(labels)} ${valueText(value)}`,
      ),
    ];
  });
  return lines.map((line) => `${line}\n`).join('');
}

function labelsText(labels: Sample['labels']): string {
  const pairs = Object.entries(labels).map(([name, value]) => `${name}="${escaped(value)}"`);
  return pairs.length === 0 ? '' : `{${pairs.join(',')}}`;
}

function escaped(value: string): string {
  return value
    .toWellFormed()
    .replaceAll('\\', '\\\\')
    .replaceAll('"', '\\"')
    .replaceAll('\n', '\\n');
}

function valueText(value: number): string {
  if (Number.isFinite(value) || Number.isNaN(value)) return `${value}`;
  return value > 0 ? '+Inf' : '-Inf';
}
