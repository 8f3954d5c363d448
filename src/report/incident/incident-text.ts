import type { TimelineEntry } from '../../incident/incident.ts';
import { oneLine } from '../one-line.ts';
import { timeText } from '../times.ts';
import type { Happening } from './collapse.ts';
import type { IncidentReport } from './incident-report.ts';

/** An incident for a person at a terminal: nothing is escaped, because nothing here is markup. */
export function incidentText(report: IncidentReport): string {
  const { title, state, facts, notices, happenings, remediations, document, links, members } =
    report;
  const { impact, began, cause, helped, followUps, review } = document;
  return [
    oneLine(`${title}: ${state}`),
    ...facts.map(([name, value]) => oneLine(`${name}: ${value}`)).map(indented),
    ...section('Impact:', impact),
    ...section('When it began:', began),
    ...section('Root cause:', cause),
    ...section('What helped:', helped),
    ...section(
      'Follow-ups:',
      followUps.map(({ done, text }) => `[${done ? 'x' : ' '}] ${text}`),
    ),
    ...section('Review:', review),
    ...section('Links:', links),
    ...section(
      'What was tried:',
      remediations.map(({ runbook, outcome = 'runs', run }) => `${runbook}: ${outcome} (${run})`),
    ),
    ...section('Who was notified:', notices.map(noticeLine)),
    ...section('Its alerts:', members),
    ...section('What happened:', happenings.map(happeningLine)),
  ].join('\n');
}

function happeningLine({ at, until, what, by, text }: Happening): string {
  const when = until === undefined ? timeText(at) : `${timeText(at)} to ${timeText(until)}`;
  return `${when} ${what} by ${by}: ${text}`;
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
