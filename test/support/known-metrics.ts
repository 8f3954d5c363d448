import { families, type Family } from '../../src/cli/local/metrics/families.ts';
import { openMeasures } from '../../src/gateway/intake/measures.ts';

/** Those that Prometheus itself gives each series. */
const GIVEN = ['job', 'instance', 'le'];

/** What is in PromQL, and neither a metric of a worker or the gateway, nor a label of those that it names. */
export function unknownIn(expr: string): string[] {
  const known = knownMetrics();
  const names = [...expr.matchAll(/\brunbook_\w+/g)].map(([name]) => name);
  const ofName = (name: string) => known.get(name) ?? known.get(withoutPart(name));
  const labels = new Set([...GIVEN, ...names.flatMap((name) => ofName(name) ?? [])]);
  return [
    ...names.filter((name) => !ofName(name)),
    ...labelsIn(expr).filter((l) => !labels.has(l)),
  ];
}

/** The labels of each metric, by its name. */
function knownMetrics(): Map<string, readonly string[]> {
  const { registry } = openMeasures([]);
  const ofGateway = registry
    .getMetricsAsArray()
    .map(
      ({ name, ...rest }) => [name, (rest as { labelNames?: string[] }).labelNames ?? []] as const,
    );
  const ofWorker = Object.entries<Family>(families).map(
    ([name, { labels }]) => [name, labels] as const,
  );
  return new Map([...ofGateway, ...ofWorker]);
}

function labelsIn(expr: string): string[] {
  const matched = [...expr.matchAll(/(\w+)\s*(?:=~|!~|!=|=)\s*"/g)].map(([, label]) => label!);
  const grouped = [
    ...expr.matchAll(/\b(?:by|on|without|ignoring|group_left|group_right)\s*\(([^)]*)\)/g),
  ];
  return [...matched, ...grouped.flatMap(([, list]) => list!.split(/[\s,]+/).filter(Boolean))];
}

function withoutPart(name: string): string {
  return name.replace(/_(bucket|sum|count)$/, '');
}
