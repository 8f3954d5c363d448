import { countText } from '../../config/text/count-text.ts';
import type { FollowUp } from '../../incident/beside/follow-up.ts';
import type { Incident, TimelineEntry } from '../../incident/incident.ts';
import { isPage } from '../html/is-page.ts';
import type { Fact } from '../run/run-report.ts';
import { durationText, timeText } from '../times.ts';
import { collapse, type Happening } from './collapse.ts';
import { incidentDocument, type IncidentDocument } from './incident-document.ts';
import type { IncidentTimes } from './incident-times.ts';

export interface IncidentReport {
  readonly title: string;
  readonly state: Incident['state'];
  readonly facts: readonly Fact[];
  /** Each message that was sent for it, and what came of it. */
  readonly notices: readonly TimelineEntry[];
  /** What happened, flaps and vain tries as one line each. */
  readonly happenings: readonly Happening[];
  /** What people keep of it. */
  readonly document: IncidentDocument;
  /** Addresses of pages: http or https. */
  readonly links: readonly string[];
  readonly remediations: Incident['remediations'];
  /** The alerts that it consists of, and whether each is over. */
  readonly members: readonly string[];
}

/** What an incident's report says, whatever its form. `now`: ISO 8601, UTC. */
export function incidentReport(
  incident: Incident,
  times: IncidentTimes,
  now: string,
  followUp?: FollowUp,
): IncidentReport {
  const { title, state, severity, target, kind, source, openedAt, timeline } = incident;
  const { toAcknowledge, toResolve } = times;
  const { firstAcknowledgedAt: since } = incident;
  const first = timeline.find(
    ({ what, at }) => what === 'acknowledged' && (since === undefined || at === since),
  );
  const notices = timeline.filter(({ what }) => what === 'paged' || what === 'unnotified');
  const { count, flaps, acknowledged, next, resolvesAt, roles, remediations } = {
    ...incident,
    next: incident.escalation.steps.find((step) => !step.notified),
  };
  const facts: (Fact | undefined)[] = [
    ['Target', target],
    ['Severity', kind ? `${severity}, ${kind}` : severity],
    ['Incident', incident.id],
    ['Reported by', count > 1 ? `${source}, ${countText(count, 'time')}` : source],
    ['Opened', timeText(openedAt)],
    toAcknowledge === undefined
      ? undefined
      : [
          'Acknowledged (TTA)',
          `after ${durationText(toAcknowledge)}${first ? `, by ${first.by}` : ''}`,
        ],
    toResolve === undefined ? undefined : ['Resolved (TTR)', `after ${durationText(toResolve)}`],
    ['Response', responseText(times)],
    state === 'acknowledged' && acknowledged
      ? ['Held by', `${acknowledged.by}, until ${timeText(acknowledged.until)}`]
      : undefined,
    state === 'triggered' && next ? ['Next', `${next.contact} at ${timeText(next.at)}`] : undefined,
    state !== 'resolved' && resolvesAt
      ? ['Resolves', `at ${timeText(resolvesAt)}, when it stays away`]
      : undefined,
    incident.members ? ['Alerts', membersText(incident.members)] : undefined,
    flaps > 0 ? ['Came back', flaps === 1 ? 'once' : countText(flaps, 'time')] : undefined,
    ...Object.entries(roles).map(([role, who]): Fact => [role, who]),
    ...incident.links.filter((link) => !isPage(link)).map((link): Fact => ['Link', link]),
    incident.details ? ['Details', incident.details] : undefined,
  ];
  return {
    title,
    state,
    facts: facts.filter((fact) => fact !== undefined),
    notices,
    happenings: collapse(timeline),
    document: incidentDocument(incident, followUp, now),
    links: incident.links.filter(isPage),
    remediations,
    members: membersOf(incident),
  };
}

function membersText({ known, unlisted, uncounted }: NonNullable<Incident['members']>): string {
  const over = Object.values(known).filter(({ firing }) => !firing).length;
  const all = Object.keys(known).length + unlisted.length;
  return `${uncounted ? 'more than ' : ''}${countText(all, 'alert')}, ${over} over`;
}

/** More stand in `--json`. */
const MOST_MEMBERS = 200;

function membersOf({ members }: Incident): string[] {
  const all = Object.values(members?.known ?? {});
  const more = all.length + (members?.unlisted.length ?? 0) - MOST_MEMBERS;
  return [
    ...all
      .slice(0, MOST_MEMBERS)
      .map(({ severity, title, firing }) => `${severity} ${title}: ${firing ? 'fires' : 'over'}`),
    ...(more > 0 ? [`and ${more} more`] : []),
  ];
}

/** What was asked, and whether it was met. */
function responseText({ toAcknowledge, toResolve, response }: IncidentTimes): string {
  if (!response) return 'the policy of its target is not known here';
  const { asked, by, met, spare } = response;
  const request = `wanted ${asked}, by ${timeText(by)}`;
  const rest = durationText(Math.abs(spare));
  if (met === undefined) return `${request}: ${rest} are left`;
  if (!met)
    return `${request}: missed by ${rest}${toAcknowledge === undefined ? ', nobody has acknowledged it' : ''}`;
  if (toAcknowledge === undefined && toResolve !== undefined)
    return `${request}: it was over before, and needed nobody`;
  return `${request}: met, with ${rest} to spare`;
}
