import type { TimelineEntry } from '../../incident/incident.ts';
import { oneLine } from '../one-line.ts';
import { timeText } from '../times.ts';
import type { IncidentReport } from './incident-report.ts';

/** An incident for a person at a terminal: nothing is escaped, because nothing here is markup. */
export function incidentText(report: IncidentReport): string {
  const { title, state, facts, notices, timeline, remediations, tasks, members } = report;
  return [
    oneLine(`${title}: ${state}`),
    ...facts.map(([name, value]) => oneLine(`${name}: ${value}`)).map(indented),
    ...section('Who was notified:', notices.map(noticeLine)),
    ...section('Its alerts:', members),
    ...section(
      'What was tried:',
      remediations.map(({ runbook, outcome = 'runs', run }) => `${runbook}: ${outcome} (${run})`),
    ),
    ...section(
      'Tasks:',
      tasks.map(
        ({ number, title: task, owner, due, done }) =>
          `[${done ? 'x' : ' '}] ${number}. ${task} (${owner}${due ? `, until ${due}` : ''})`,
      ),
    ),
    ...section(
      'What happened:',
      timeline.map(({ at, what, by, text }) => `${timeText(at)} ${what} by ${by}: ${text}`),
    ),
  ].join('\n');
}

function noticeLine({ at, text, deliveries = [] }: TimelineEntry): string {
  const answers = deliveries.map(
    ({ channel, delivered, member, detail }) =>
      `${channel}${member ? ` to ${member}` : ''} ${delivered ? 'delivered' : 'FAILED'} (${detail})`,
  );
  return `${timeText(at)} ${text}${answers.length > 0 ? `: ${answers.join('; ')}` : ''}`;
}

/** Nothing at all, without a line. */
function section(title: string, lines: readonly string[]): string[] {
  return lines.length > 0 ? ['', title, ...lines.map((line) => indented(oneLine(line)))] : [];
}

function indented(line: string): string {
  return `  ${line}`;
}
