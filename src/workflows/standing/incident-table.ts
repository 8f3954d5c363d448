import type { Incident } from '../../incident/incident.ts';
import { membersText, namedMembers } from '../../incident/members/members.ts';

/** How an incident stands, as Markdown for the page of its workflow in Temporal UI. */
export function incidentTable(incident: Incident): string {
  const { state, severity, title, acknowledged, escalation, timeline, resolvesAt } = incident;
  const standing = [
    `**${title}**: ${state}, ${severity}`,
    ...(incident.members ? [membersText(incident.members)] : []),
    ...(acknowledged ? [`Acknowledged by ${acknowledged.by} until ${acknowledged.until}`] : []),
    ...(resolvesAt ? [`Resolved at ${resolvesAt} if it stays away`] : []),
  ];
  const named = incident.members && namedMembers(incident.members);
  const members = named
    ? ['', ...named.names.map((name) => `- ${name}`), `- and ${named.more} more`]
    : [];
  const steps = escalation.steps.map(
    ({ level, contact, at, notified }) =>
      `| ${level} | ${contact} | ${at} | ${notified ? 'notified' : ''} |`,
  );
  const entries = timeline
    .slice(-20)
    .map(({ at, what, by, text }) => `| ${at} | ${what} | ${by} | ${text.replaceAll('|', '/')} |`);
  return [
    ...standing,
    ...members,
    '',
    '| Level | Contact | Due | |',
    '| --- | --- | --- | --- |',
    ...steps,
    '',
    '| When | What | Who | |',
    '| --- | --- | --- | --- |',
    ...entries,
  ].join('\n');
}
