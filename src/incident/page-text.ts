import { countText } from '../config/text/count-text.ts';
import { isGrave } from '../config/schema/values/severity.ts';
import { inMilliseconds } from '../config/time/duration.ts';
import type { Announcement, EscalationStep, Incident } from './incident.ts';
import { membersText, namedMembers } from './members/members.ts';
import type { Page } from './page.ts';

/** Times that differ by less say the same. */
const MUCH = inMilliseconds('1m');

/** What the message is about. */
export type PageReason =
  | { readonly event: 'trigger'; readonly step: EscalationStep }
  | { readonly event: 'acknowledge' | 'resolve'; readonly only?: readonly string[] }
  | { readonly event: 'note'; readonly text: string; readonly only?: readonly string[] };

/** One message about an incident, in Markdown. `episode` distinguishes one time that the fault appeared from the next. */
export function pageOf(
  incident: Incident,
  contact: string,
  reason: PageReason,
  episode: string,
  at: string,
): Page {
  const { id, target, severity, openedAt, startsAt, messages } = incident;
  const { event } = reason;
  const holdable =
    reason.event === 'trigger' && incident.origin === 'alert' && reason.step.asked === undefined;
  return {
    key: `${id}/${episode}/${messages}`,
    target,
    contact,
    severity,
    urgent: isUrgent(incident, reason),
    thread: `${id}/${episode}`,
    event,
    subject: `${severity} ${target}: ${titleOf(incident)}`,
    body: [
      headline(incident, reason),
      '',
      `- Since: ${openedAt}${startsAt === undefined ? '' : sinceText(startsAt, openedAt)}`,
      ...facts(incident, reason),
    ].join('\n'),
    at,
    holdable,
    ...(holdable && incident.labels && { labels: { ...incident.labels } }),
    ...('only' in reason && reason.only && { only: [...reason.only] }),
    ...(event === 'trigger' && isFresh(incident) && { fresh: true }),
    ...(event === 'trigger' && incident.question && { question: incident.question }),
    ...(event === 'trigger' && { incident: { id, episode } }),
  };
}

/** By what rings, too. As long as nobody has read the target's policy, nothing is too light for that. */
function isUrgent({ severity, policy }: Incident, reason: PageReason): boolean {
  return reason.event === 'trigger' && (reason.step.tries > 0 || !policy || isGrave(severity));
}

/** It is grave, and new: nobody was called for that before this round. */
function isFresh({ severity, raised, escalation: { round, from } }: Incident): boolean {
  return severity === 'sev1' && (round === 1 || raised?.at === from);
}

export function pageReason({ event, text = '', only }: Announcement): PageReason {
  return { event, text, ...(only && { only }) };
}

/** How it stands, for whoever watches it. */
export function standingText({ state, acknowledged, openedAt, flaps, tasks }: Incident): string {
  const came = flaps > 0 ? `, has come back ${countText(flaps, 'time')}` : '';
  const open = tasks.filter(({ done }) => !done);
  const [first] = open;
  const due = first?.due === undefined ? '' : `, of which the first is due on ${first.due}`;
  const left = first ? `, and has ${countText(open.length, 'open task')}${due}` : '';
  return `It is ${state} since ${acknowledged?.at ?? openedAt}${came}${left}`;
}

/** What the sender says of its beginning, when that is not the same. */
function sinceText(startsAt: string, openedAt: string): string {
  const apart = Math.abs(Date.parse(openedAt) - Date.parse(startsAt));
  return apart < MUCH ? '' : `, by the clock of who reported it ${startsAt}`;
}

function headline(incident: Incident, reason: PageReason): string {
  const { acknowledged, timeline } = incident;
  const title = titleOf(incident);
  switch (reason.event) {
    case 'trigger':
      return `**${title}**`;
    case 'acknowledge': {
      const { by = 'Somebody', snoozed, until } = acknowledged ?? {};
      return `${by} has ${snoozed ? `snoozed it until ${until}` : 'acknowledged it'}: **${title}**`;
    }
    case 'resolve': {
      const last = timeline.findLast(({ what }) => what === 'resolved');
      return `It is resolved (${last?.by}: ${last?.text}): **${title}**`;
    }
    case 'note':
      return `${reason.text}: **${title}**`;
  }
}

/** Of several alerts, how many they are now. */
function titleOf({ title, members }: Incident): string {
  return members ? `${title} (${membersText(members)})` : title;
}

function facts(incident: Incident, reason: PageReason): string[] {
  const { id, count, source, details, links, remediations, escalation, severity, raised } =
    incident;
  const asked = reason.event === 'trigger' ? reason.step.asked : undefined;
  const named = incident.members && namedMembers(incident.members);
  const notified = escalation.steps.filter((step) => step.notified).map(({ contact }) => contact);
  return [
    `- Reported by ${source}${count > 1 && !named ? `, ${countText(count, 'time')}` : ''}`,
    ...(raised
      ? [
          `- It was ${raised.from} until ${raised.at}, and is ${severity} now: please acknowledge it anew`,
        ]
      : []),
    ...(reason.event === 'trigger' && notified.length > 0
      ? [`- Notified before you, without an answer: ${notified.join(', ')}`]
      : []),
    ...(asked === undefined ? [] : [askedText(asked, incident)]),
    ...remediations.map(({ runbook, run, outcome }) => `- ${runbook} ${outcome ?? 'runs'}: ${run}`),
    ...(named?.names ?? []).map((name) => `- ${name}`),
    ...(named && named.more > 0 ? [`- and ${named.more} more`] : []),
    ...links.map((link) => `- ${link}`),
    ...(details ? ['', ...details.split('\n').map((line) => `> ${line}`)] : []),
    ...(reason.event === 'trigger'
      ? ['', `To acknowledge: \`runbook incidents ack ${id} --by YOU\``]
      : []),
  ];
}

function askedText(by: string, { acknowledged }: Incident): string {
  return acknowledged
    ? `- ${acknowledged.by} has it, and ${by} asks for your help`
    : `- ${by} asks for you`;
}
