import { catalogue } from '../../client/catalogue.ts';
import type { listRuns } from '../../client/runs/list-runs.ts';
import { runStates } from '../../client/runs/runs-query.ts';
import { severities } from '../../config/schema/values/severity.ts';
import { expectRunbook } from './expect-runbook.ts';
import { oneOf } from './one-of.ts';
import { since } from './since.ts';

/** What is asked of `runbook runs`, as it is typed. */
export interface Asked {
  readonly target?: string;
  readonly runbook?: string;
  /** One, or several with commas. */
  readonly state?: string;
  readonly outcome?: string;
  readonly family?: string;
  readonly severity?: string;
  readonly since?: string;
  readonly by?: string;
  readonly limit: number;
}

const HELP = 'runbook runs --help';

/** Error: `UsageError` that names the nearest one. */
export function runSearch(asked: Asked): Parameters<typeof listRuns>[1] {
  const { target, runbook, family, severity, by, limit } = asked;
  if (runbook !== undefined) expectRunbook(runbook);
  const families = [...new Set([...catalogue.values()].map((facts) => facts.family))].toSorted();
  const states = (asked.state ?? asked.outcome)?.split(',');
  return {
    target,
    runbook,
    by,
    limit,
    family: family === undefined ? undefined : oneOf('family', family, families, 'runbook list'),
    severity: severity === undefined ? undefined : oneOf('severity', severity, severities, HELP),
    states: states?.map((state) => oneOf('state', state.trim(), runStates, HELP)),
    since: asked.since === undefined ? undefined : since(asked.since),
  };
}
