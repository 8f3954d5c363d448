import { type Verdict, worstOf } from '../../../figures/figure.ts';
import type { Status } from '../../local/status/status-of.ts';

export const verdictCodes = {
  ok: 0,
  warning: 1,
  critical: 2,
  unknown: 3,
  'not applicable': 3,
} as const satisfies Record<Verdict, number>;

/**
 * For the textfile collector of node_exporter. Without timestamps, for which it would skip the whole file: when it was made is a value, so
 * that a file which nobody renews is seen.
 */
export function textfile({ target, at, verdict, lines, figures, ages }: Status): string {
  const own = labels({ target });
  // What does not apply is neither well nor unknown.
  const applicable = lines.filter((line) => line.verdict !== 'not applicable');
  const subjects = Map.groupBy(applicable, ({ subject }) => subject);
  const families = [
    family('runbook_target_status', '0 ok, 1 warning, 2 critical, 3 unknown', [
      [own, verdictCodes[verdict]],
    ]),
    family(
      'runbook_target_line_status',
      'The worst of each subject: 0 ok, 1 warning, 2 critical, 3 unknown',
      [...subjects].map(([subject, some]) => [
        labels({ target, subject }),
        verdictCodes[worstOf(some)],
      ]),
    ),
    family(
      'runbook_target_figure',
      'What was measured, in its base unit',
      figures
        .filter(({ verdict: word }) => word !== 'not applicable')
        .map(({ name, unit, value }) => [labels({ target, name, unit }), value ?? Number.NaN]),
    ),
    family(
      'runbook_target_age_seconds',
      'Of the newest figure, of the newest verified backup, and of what Temporal said',
      Object.entries(ages).map(([of, age]) => [labels({ target, of }), age]),
    ),
    family('runbook_target_checked_timestamp_seconds', 'When this file was made', [
      [own, Math.floor(Date.parse(at) / 1000)],
    ]),
  ];
  return `${families.flat().join('\n')}\n`;
}

function family(
  name: string,
  help: string,
  rows: readonly (readonly [string, number])[],
): string[] {
  if (rows.length === 0) return [];
  return [
    `# HELP ${name} ${help}`,
    `# TYPE ${name} gauge`,
    ...rows.map(([set, value]) => `${name}${set} ${value}`),
  ];
}

function labels(set: Readonly<Record<string, string>>): string {
  const pairs = Object.entries(set).map(([name, value]) => `${name}="${escaped(value)}"`);
  return `{${pairs.join(',')}}`;
}

function escaped(value: string): string {
  return value
    .toWellFormed()
    .replaceAll('\\', '\\\\')
    .replaceAll('"', '\\"')
    .replaceAll('\n', '\\n');
}
