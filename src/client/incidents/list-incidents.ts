import type { Client } from '@temporalio/client';
import { severities, type Severity } from '../../config/schema/values/severity.ts';
import { searchAttributes } from '../../engine/run/search-attributes.ts';

export interface IncidentRow {
  readonly id: string;
  /** The workflow run: one id has one for each episode. */
  readonly runId: string;
  /** `triggered`, `acknowledged` or `resolved`; `open` where Temporal's lists do not say. */
  readonly state: string;
  readonly severity?: Severity;
  /** Missing: an older version began it. */
  readonly title?: string;
  readonly openedAt: string;
  readonly closedAt?: string;
}

interface IncidentSearch {
  readonly target?: string | undefined;
  /** Only those that are not resolved. */
  readonly open?: boolean | undefined;
  readonly limit?: number | undefined;
}

/** The newest first. Temporal lists an incident about a second after it changed. */
export async function listIncidents(
  client: Client,
  { target, open = false, limit = 1000 }: IncidentSearch,
): Promise<IncidentRow[]> {
  const clauses = ["WorkflowType = 'incident'"];
  if (open) clauses.push("ExecutionStatus = 'Running'");
  if (target !== undefined) clauses.push(`WorkflowId STARTS_WITH 'incident/${target}/'`);
  const rows: IncidentRow[] = [];
  for await (const info of client.workflow.list({ query: clauses.join(' AND ') })) {
    const { workflowId, runId, status, typedSearchAttributes: known, startTime, closeTime } = info;
    const title = info.memo?.['title'];
    // One run of a long incident that went on in the next.
    if (status.name === 'CONTINUED_AS_NEW') continue;
    const severity = severities.find((one) => one === known.get(searchAttributes.severity));
    const ended = status.name === 'COMPLETED' ? 'resolved' : status.name.toLowerCase();
    rows.push({
      id: workflowId,
      runId,
      state: status.name === 'RUNNING' ? (known.get(searchAttributes.state) ?? 'open') : ended,
      ...(severity && { severity }),
      ...(typeof title === 'string' && { title }),
      openedAt: startTime.toISOString(),
      ...(closeTime && { closedAt: closeTime.toISOString() }),
    });
    if (rows.length === limit) break;
  }
  return rows.toSorted((a, b) => b.openedAt.localeCompare(a.openedAt));
}
