import type { Client } from '@temporalio/client';
import { type IncidentRow, listIncidents } from '../../../client/incidents/list-incidents.ts';
import { viewIncident } from '../../../client/incidents/view-incident.ts';
import { inMilliseconds } from '../../../config/time/duration.ts';
import type { StatusIncident } from '../../../state/figures/status-file.ts';

const RECENT = inMilliseconds('14d');
const MOST_OPEN = 20;
const MOST_ENDED = 10;
const REASON_LETTERS = 1000;
/** A worker that was killed is listed for another minute; whoever wants the status gets it by then. */
const PATIENCE_MILLISECONDS = 1500;

/** Tells the incidents of targets again and again; one that has ended is asked for once. */
export function recentIncidents(client: Client) {
  const ended = new Map<string, StatusIncident>();

  /** Those that are open, and then those that ended in the last two weeks. Errors are those of the client. */
  return async (target: string, now = Date.now()): Promise<StatusIncident[]> => {
    const open = await listIncidents(client, { target, open: true, limit: MOST_OPEN });
    const all = await listIncidents(client, { target, limit: MOST_OPEN + MOST_ENDED });
    const closed = all.filter(
      ({ closedAt }) => closedAt !== undefined && now - Date.parse(closedAt) < RECENT,
    );
    const rows = [...open, ...closed.slice(0, MOST_ENDED)];
    return Promise.all(rows.map(tell));
  };

  async function tell(row: IncidentRow): Promise<StatusIncident> {
    const known = ended.get(row.runId);
    if (known) return known;
    const told = await viewed(row);
    if (row.closedAt !== undefined) ended.set(row.runId, told);
    return told;
  }

  /** What cannot be asked for more is told by what its list says. */
  async function viewed(row: IncidentRow): Promise<StatusIncident> {
    const { id, openedAt, closedAt, severity, state } = row;
    const facts = {
      id,
      state,
      openedAt,
      ...(closedAt !== undefined && { closedAt }),
      ...(severity !== undefined && { severity }),
    };
    const view = await viewIncident(client, row, PATIENCE_MILLISECONDS).catch(() => undefined);
    if (!view) return { ...facts, title: id };
    const { title, details, timeline, heldUntil = '' } = view.incident;
    const last = timeline.findLast(({ what }) => what === 'resolved');
    const isHeld = closedAt === undefined && heldUntil > new Date().toISOString();
    const held = isHeld ? timeline.findLast(({ what }) => what === 'held') : undefined;
    return {
      ...facts,
      title,
      ...(details !== undefined && { reason: details.slice(0, REASON_LETTERS) }),
      ...(held && { quiet: held.text.slice(0, REASON_LETTERS) }),
      ...(last && { end: `${last.by}: ${last.text}`.slice(0, REASON_LETTERS) }),
    };
  }
}
