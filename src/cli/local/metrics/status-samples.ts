import type { Target } from '../../../config/schema/target.ts';
import { severities } from '../../../config/schema/values/severity.ts';
import { isThere } from '../../../os/files/file-facts.ts';
import { type Verdict, worstOf } from '../../../figures/figure.ts';
import { readStatusFile, type StatusFile } from '../../../state/figures/status-file.ts';
import { join } from 'node:path';
import type { Sample } from './metrics-text.ts';

/** The exit codes of monitoring plugins. */
export const verdictCodes = {
  ok: 0,
  warning: 1,
  critical: 2,
  unknown: 3,
  'not applicable': 3,
} as const satisfies Record<Verdict, number>;

type Standing = Pick<StatusFile, 'target' | 'at' | 'verdict' | 'lines' | 'figures'>;

/** From what the worker wrote last of how the target stands. Error: a sentence, when that cannot be read. */
export function statusSamples(target: Pick<Target, 'name' | 'state'>): Sample[] {
  if (!isThere(join(target.state, 'status.json'))) return [];
  const status = readStatusFile(target);
  if ('why' in status) throw new Error(status.why);
  const standing = { ...status, target: target.name };
  return [...standingSamples(standing), ...checkedSamples(standing), ...incidents(standing)];
}

/** How a target stands. What does not apply is neither well nor unknown. */
export function standingSamples({ target, verdict, lines, figures }: Standing): Sample[] {
  const applicable = lines.filter((line) => line.verdict !== 'not applicable');
  const subjects = Map.groupBy(applicable, ({ subject }) => subject);
  return [
    { name: 'runbook_target_status', labels: { target }, value: verdictCodes[verdict] },
    ...[...subjects].map(([subject, some]): Sample => ({
      name: 'runbook_target_line_status',
      labels: { target, subject },
      value: verdictCodes[worstOf(some)],
    })),
    ...figures
      .filter((figure) => figure.verdict !== 'not applicable')
      .map(({ name, unit, value = Number.NaN }): Sample => ({
        name: 'runbook_target_figure',
        labels: { target, name, unit },
        value,
      })),
  ];
}

/** Whole seconds. */
export function checkedSamples({ target, at }: Pick<Standing, 'target' | 'at'>): Sample[] {
  const value = Math.floor(Date.parse(at) / 1000);
  return [{ name: 'runbook_target_checked_timestamp_seconds', labels: { target }, value }];
}

function incidents({ target, incidents: known }: StatusFile): Sample[] {
  if (!known) return [];
  const open = known.all.filter(({ closedAt }) => closedAt === undefined);
  const unknown = open.filter(({ severity = '' }) => !severities.some((one) => one === severity));
  const counts = severities.map(
    (one) => [one, open.filter(({ severity }) => severity === one).length] as const,
  );
  return [...counts, ...(unknown.length > 0 ? [['unknown', unknown.length] as const] : [])].map(
    ([severity, value]): Sample => ({
      name: 'runbook_incidents_open',
      labels: { target, severity },
      value,
    }),
  );
}
