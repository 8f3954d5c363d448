import type { Severity } from '../../config/schema/values/severity.ts';
import { searchAttributes } from '../../engine/run/search-attributes.ts';
import { catalogue } from '../catalogue.ts';

/** Temporal's status for each state in which `runbook runs` may find a run. */
const statuses = {
  running: 'Running',
  /** It runs, and waits for a person. */
  waiting: 'Running',
  done: 'Completed',
  partly: 'Completed',
  skipped: 'Completed',
  failed: 'Failed',
  undone: 'Failed',
  stopped: 'Failed',
  terminated: 'Terminated',
  canceled: 'Canceled',
  timed_out: 'TimedOut',
} as const;
export type RunState = keyof typeof statuses;
export const runStates = Object.keys(statuses) as RunState[];

export interface RunFilter {
  readonly target?: string | undefined;
  readonly runbook?: string | undefined;
  readonly family?: string | undefined;
  readonly severity?: Severity | undefined;
  readonly states?: readonly RunState[] | undefined;
  /** Started then, or later. */
  readonly since?: Date | undefined;
}

/**
 * Temporal's query for the runs that a filter means, and perhaps for more of them: what it cannot express is looked up run by
 * run. `byState`: the namespace has our search attributes. Undefined: no runbook is meant.
 */
export function runsQuery(
  { target, runbook, family, severity, states, since }: RunFilter,
  { byState }: { readonly byState: boolean },
): string | undefined {
  const types = [...catalogue]
    .filter(([name]) => runbook === undefined || name === runbook)
    .filter(([, facts]) => family === undefined || facts.family === family)
    .filter(([, facts]) => severity === undefined || facts.severity === severity)
    .map(([name]) => name);
  if (types.length === 0) return undefined;
  const clauses = [among('WorkflowType', types)];
  // The attribute Target is set when a run is let in: one that waits for its target has none. All have their id.
  if (target !== undefined)
    clauses.push(any([...catalogue.keys()].map((name) => idIn(name, target))));
  if (since) clauses.push(`StartTime >= '${since.toISOString()}'`);
  if (states) {
    clauses.push(among('ExecutionStatus', [...new Set(states.map((state) => statuses[state]))]));
    // A run that ended before it was let in has no State, and one that was terminated has that of an open one for ever.
    const { name } = searchAttributes.state;
    const open = ['running', 'waiting'] as const;
    if (byState)
      clauses.push(any([`${name} IS NULL`, among(name, [...new Set([...open, ...states])])]));
  }
  return clauses.join(' AND ');
}

/** A part of a run, too, begins with the id of the run. */
function idIn(runbook: string, target: string): string {
  return `WorkflowId STARTS_WITH ${quoted(`${runbook}/${target}/`)}`;
}

function among(name: string, values: readonly string[]): string {
  return `${name} IN (${values.map(quoted).join(', ')})`;
}

function any(clauses: readonly string[]): string {
  return `(${clauses.join(' OR ')})`;
}

function quoted(value: string): string {
  return `'${value.replaceAll("'", "''")}'`;
}
