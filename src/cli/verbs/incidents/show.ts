import { Command, Option } from 'commander';
import { print, printJson } from '../../say.ts';
import { withClient } from '../../with-client.ts';

interface Options {
  readonly format: 'md' | 'html' | 'json';
  readonly json?: boolean;
}

export const show = () =>
  new Command('show')
    .description('Tell all about an incident: how it stands, or its report when it is over')
    .argument('<incident>', 'its id, or any part of it that means one')
    .addOption(
      new Option('--format <format>', 'how to print it')
        .choices(['md', 'html', 'json'])
        .default('md'),
    )
    .option('--json', 'the same as --format json')
    .action(async (part: string, { format, json }: Options) => {
      const { findIncident, viewIncident } =
        await import('../../../client/incidents/view-incident.ts');
      const incident = await withClient(async (client) =>
        viewIncident(client, await findIncident(client, part, { open: false })),
      );
      if (json || format === 'json') printJson(incident);
      else if (format === 'html')
        print((await import('../../../report/incident-html.ts')).incidentHtml(incident));
      else print((await import('../../../report/incident-markdown.ts')).incidentMarkdown(incident));
    });
