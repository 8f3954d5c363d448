import type { Incident, TimelineEntry } from '../incident/incident.ts';
import type { Fact } from './run-report.ts';
import { durationText, timeText } from './times.ts';

export interface IncidentReport {
  readonly title: string;
  readonly state: Incident['state'];
  readonly facts: readonly Fact[];
  /** Each message that was sent for it, and what came of it. */
  readonly told: readonly TimelineEntry[];
  readonly timeline: readonly TimelineEntry[];
  readonly remedies: Incident['remedies'];
  readonly tasks: Incident['tasks'];
}

/** What an incident's report says, whatever its form. `MTTA` and `MTTR` are those of this incident. */
export function incidentReport(incident: Incident): IncidentReport {
  const { title, state, severity, target, kind, source, openedAt, resolvedAt, timeline } = incident;
  const first = timeline.find(({ what }) => what === 'acknowledged');
  const told = timeline.filter(({ what }) => what === 'paged' || what === 'untold');
  const { count, flaps, acknowledged, next, resolvesAt, roles, remedies, tasks } = {
    ...incident,
    next: incident.ladder.rungs.find((rung) => !rung.told),
  };
  const facts: (Fact | undefined)[] = [
    ['Target', target],
    ['Severity', kind ? `${severity}, ${kind}` : severity],
    ['Incident', incident.id],
    ['Reported by', count > 1 ? `${source}, ${count} times` : source],
    ['Opened', timeText(openedAt)],
    first && ['Acknowledged (TTA)', `after ${since(openedAt, first.at)}, by ${first.by}`],
    resolvedAt ? ['Resolved (TTR)', `after ${since(openedAt, resolvedAt)}`] : undefined,
    state === 'acknowledged' && acknowledged
      ? ['Held by', `${acknowledged.by}, until ${timeText(acknowledged.until)}`]
      : undefined,
    state === 'triggered' && next ? ['Next', `${next.contact} at ${timeText(next.at)}`] : undefined,
    state !== 'resolved' && resolvesAt
      ? ['Resolves', `at ${timeText(resolvesAt)}, when it stays away`]
      : undefined,
    flaps > 0 ? ['Came back', flaps === 1 ? 'once' : `${flaps} times`] : undefined,
    ...Object.entries(roles).map(([role, who]): Fact => [role, who]),
    ...incident.links.map((link): Fact => ['Link', link]),
    incident.details ? ['Details', incident.details] : undefined,
  ];
  return {
    title,
    state,
    facts: facts.filter((fact) => fact !== undefined),
    told,
    timeline,
    remedies,
    tasks,
  };
}

function since(from: string, to: string): string {
  return durationText(Date.parse(to) - Date.parse(from));
}
