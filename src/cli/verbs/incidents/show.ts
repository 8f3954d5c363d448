import { Command, Option } from 'commander';
import { UsageError } from '../../../config/usage-error.ts';
import type { FollowUp } from '../../../incident/beside/follow-up.ts';
import type { Incident } from '../../../incident/incident.ts';
import type { AskedResponse } from '../../../report/incident/incident-times.ts';
import { print, printJson, say } from '../../output/say.ts';
import { withClient } from '../../run/with-client.ts';

const formats = ['text', 'md', 'html', 'json'] as const;

interface Options {
  readonly format: (typeof formats)[number];
  readonly json?: boolean;
}

export const show = () =>
  new Command('show')
    .description('Show all about an incident: how it stands, or its report when it is over')
    .argument('<incident>', 'its id, or any part of it that means one')
    .addOption(new Option('--format <format>', 'how to print it').choices(formats).default('text'))
    .option('--json', 'the same as --format json')
    .action(async (part: string, { format, json }: Options) => {
      const { findIncident, viewIncident } =
        await import('../../../client/incidents/view-incident.ts');
      const { incidentTimes } = await import('../../../report/incident/incident-times.ts');
      const { incidentReport } = await import('../../../report/incident/incident-report.ts');
      const { incident, followUp, source, status } = await withClient(async (client) =>
        viewIncident(client, await findIncident(client, part, { open: false })),
      );
      if (source === 'history') say(`From its history alone: ${why(status)}`);
      const now = new Date().toISOString();
      const times = incidentTimes(incident, await askedOf(incident), now);
      if (json || format === 'json')
        return printJson({ ...incident, times, ...(followUp && { followUp: expected(followUp) }) });
      const report = incidentReport(incident, times, now, followUp);
      if (format === 'html')
        print((await import('../../../report/incident/incident-html.ts')).incidentHtml(report));
      else if (format === 'md')
        print(
          (await import('../../../report/incident/incident-markdown.ts')).incidentMarkdown(report),
        );
      else print((await import('../../../report/incident/incident-text.ts')).incidentText(report));
    });

/** All but the incident. */
function expected({ incident: _told, ...rest }: FollowUp): Omit<FollowUp, 'incident'> {
  return rest;
}

function why(status: string): string {
  if (status !== 'RUNNING') return `it was ended from outside (${status.toLowerCase()})`;
  return 'no worker answers, and nobody is paged until one does. What is said to it is kept';
}

/** As the target's file says today. Whoever asks from another machine may have none. */
async function askedOf({
  target,
  severity,
  openedAt,
}: Incident): Promise<AskedResponse | undefined> {
  const { loadTarget } = await import('../../../config/load/load.ts');
  const { askedResponse } = await import('../../local/asked-response.ts');
  try {
    return askedResponse(loadTarget(target), severity, openedAt);
  } catch (error) {
    if (error instanceof UsageError) return undefined;
    throw error;
  }
}
