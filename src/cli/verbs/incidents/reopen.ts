import { Command } from 'commander';
import { me } from '../../input/me.ts';
import { printJson, say } from '../../output/say.ts';
import { withClient } from '../../run/with-client.ts';

interface Options {
  readonly reason: string;
  readonly by: string;
  readonly json?: boolean;
}

export const reopen = () =>
  new Command('reopen')
    .description('Say that one is not over: its next episode begins, and people are called')
    .argument('<incident>', 'its id, or any part of it that means one')
    .requiredOption('--reason <reason>', 'what is still wrong, for the report')
    .option('--by <name>', 'who says so', me())
    .option('--json', 'print one JSON object')
    .action(async (part: string, { reason, by, json }: Options) => {
      const { findIncident } = await import('../../../client/incidents/view-incident.ts');
      const { reopenIncident } = await import('../../../client/incidents/reopen-incident.ts');
      await withClient(async (client) => {
        const { id } = await findIncident(client, part, { open: false });
        await reopenIncident(client, id, { by, reason });
        if (json) printJson({ incident: id });
        say(`Reopened ${id}: its next episode begins. See it: runbook incidents show ${id}`);
      });
    });
