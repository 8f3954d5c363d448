import type { TimelineEntry } from '../../incident/incident.ts';
import { prose, section } from '../markdown.ts';
import { timeText } from '../times.ts';
import type { Happening } from './collapse.ts';
import type { IncidentReport } from './incident-report.ts';

/** An incident as Markdown: what it did, why, what helped, who was notified, what is left to do. */
export function incidentMarkdown(report: IncidentReport): string {
  const { title, state, facts, notices, happenings, remediations, document, links, members } =
    report;
  const { impact, began, cause, helped, followUps, review } = document;
  const items = (lines: readonly string[]) => lines.map((line) => `- ${prose(line)}`);
  return [
    `# ${prose(title)}: ${state}`,
    facts.map(([name, value]) => `- ${prose(name)}: ${prose(value)}`).join('\n'),
    ...section('Impact', items(impact)),
    ...section('When it began', items(began)),
    ...section('Root cause', items(cause)),
    ...section('What helped', items(helped)),
    ...section(
      'Follow-ups',
      followUps.map(({ done, text }) => `- [${done ? 'x' : ' '}] ${prose(text)}`),
    ),
    ...section('Review', items(review)),
    ...section(
      'Links',
      links.map((link) => `- <${link}>`),
    ),
    ...section(
      'What was tried',
      remediations.map(
        ({ runbook, outcome = 'runs', run }) =>
          `- ${prose(runbook)}: ${prose(outcome)} (${prose(run)})`,
      ),
    ),
    ...section('What happened', happenings.map(happeningLine)),
    ...section('Who was notified', notices.map(noticeLine)),
    ...section('Its alerts', items(members)),
  ].join('\n\n');
}

function happeningLine({ at, until, what, by, text }: Happening): string {
  const when = until === undefined ? timeText(at) : `${timeText(at)} to ${timeText(until)}`;
  return `- ${when} ${what} by ${prose(by)}: ${prose(text)}`;
}

function noticeLine({ at, text, deliveries = [] }: TimelineEntry): string {
  const answers = deliveries.map(
    ({ channel, delivered, member, detail }) =>
      `${channel}${member ? ` to ${member}` : ''} ${delivered ? 'delivered' : '**failed**'} (${prose(detail)})`,
  );
  return `- ${timeText(at)} ${prose(text)}${answers.length > 0 ? `: ${answers.join('; ')}` : ''}`;
}
