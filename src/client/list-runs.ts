import type { Client } from '@temporalio/client';
import { searchAttributes } from '../engine/search-attributes.ts';
import { catalogue } from './catalogue.ts';

export interface RunRow {
  readonly run: string;
  readonly runId: string;
  readonly runbook: string;
  /** `running`, an outcome, or Temporal's own word for a run that ended by force. */
  readonly state: string;
  /** ISO 8601, UTC. */
  readonly startedAt: string;
  readonly closedAt?: string;
}

export interface RunFilter {
  readonly target?: string | undefined;
  readonly runbook?: string | undefined;
  /** How many of the newest. Default 1000. */
  readonly limit?: number | undefined;
}

/** The newest runs first. Temporal lists a run about a second after it changed. */
export async function listRuns(client: Client, filter: RunFilter): Promise<RunRow[]> {
  const types = [...(filter.runbook ? [filter.runbook] : catalogue.keys())];
  const query = `WorkflowType IN (${types.map((type) => `'${type}'`).join(', ')})`;
  const rows: RunRow[] = [];
  for await (const info of client.workflow.list({ query })) {
    const { workflowId: run, runId, type: runbook, status, startTime, closeTime } = info;
    if (filter.target && run.split('/')[1] !== filter.target) continue;
    const known = info.typedSearchAttributes.get(searchAttributes.state);
    const open = status.name === 'RUNNING';
    const state = open ? 'running' : known && known !== 'running' ? known : wordFor(status.name);
    const closedAt = closeTime?.toISOString();
    rows.push({
      run,
      runId,
      runbook,
      state,
      startedAt: startTime.toISOString(),
      ...(closedAt && { closedAt }),
    });
    if (rows.length >= (filter.limit ?? 1000)) break;
  }
  // Temporal names open runs before all closed ones: none of them is cut off by the limit.
  return rows.toSorted((a, b) => b.startedAt.localeCompare(a.startedAt));
}

function wordFor(status: string): string {
  return status === 'COMPLETED' ? 'done' : status.toLowerCase();
}
