import type { TimelineEntry } from '../../incident/incident.ts';
import { prose, section } from '../markdown.ts';
import { timeText } from '../times.ts';
import type { IncidentReport } from './incident-report.ts';

/** An incident as Markdown: what happened when, who was notified, what was tried, and what is left to do. */
export function incidentMarkdown(report: IncidentReport): string {
  const { title, state, facts, notices, timeline, remediations, tasks, members } = report;
  return [
    `# ${prose(title)}: ${state}`,
    facts.map(([name, value]) => `- ${prose(name)}: ${prose(value)}`).join('\n'),
    ...section('Who was notified', notices.map(noticeLine)),
    ...section(
      'Its alerts',
      members.map((one) => `- ${prose(one)}`),
    ),
    ...section(
      'What was tried',
      remediations.map(
        ({ runbook, outcome = 'runs', run }) =>
          `- ${prose(runbook)}: ${prose(outcome)} (${prose(run)})`,
      ),
    ),
    ...section(
      'Tasks',
      tasks.map(
        ({ number, title: task, owner, due, done }) =>
          `- [${done ? 'x' : ' '}] ${number}. ${prose(task)} (${prose(owner)}${due ? `, until ${due}` : ''})`,
      ),
    ),
    ...section(
      'What happened',
      timeline.map(
        ({ at, what, by, text }) => `- ${timeText(at)} ${what} by ${prose(by)}: ${prose(text)}`,
      ),
    ),
  ].join('\n\n');
}

function noticeLine({ at, text, deliveries = [] }: TimelineEntry): string {
  const answers = deliveries.map(
    ({ channel, delivered, member, detail }) =>
      `${channel}${member ? ` to ${member}` : ''} ${delivered ? 'delivered' : '**failed**'} (${prose(detail)})`,
  );
  return `- ${timeText(at)} ${prose(text)}${answers.length > 0 ? `: ${answers.join('; ')}` : ''}`;
}
