import { Command } from 'commander';
import { exitCodes } from '../../output/exit-code.ts';
import { print, printJson, say } from '../../output/say.ts';
import { withClient } from '../../run/with-client.ts';

export const sync = () =>
  new Command('sync')
    .description("Make Temporal's schedules equal to the targets: create, update, delete")
    .argument('[targets...]', 'names, as in targets/<name>.yaml (default: all that are enabled)')
    .option('--plan', 'show what would change, and change nothing')
    .option('--json', 'print one JSON value')
    .action(async (names: string[], { plan, json }: { plan?: boolean; json?: boolean }) => {
      const { syncSchedules } = await import('../../../client/schedules/sync-schedules.ts');
      const { targetsFor } = await import('../../input/targets-for.ts');
      const { changeLines } = await import('../../output/schedule-lines.ts');
      const targets = targetsFor(names);
      const options = { plan: plan ?? false };
      const { expectOwnTemporal } = await import('../../serve/place/expect-own-temporal.ts');
      const result = await withClient(async (client) => {
        await expectOwnTemporal(client, targets);
        return syncSchedules(client, targets, options);
      });
      if (result.faults.length > 0) process.exitCode = exitCodes.failed;
      if (json) return printJson({ ...options, ...result });
      if (result.changes.length === 0) say('No schedules: no target here asks for any');
      else print(changeLines(result.changes).join('\n'));
      for (const fault of result.faults) say(`Warning: ${fault}`);
      if (result.others.length === 0) return;
      const { targetNames } = await import('../../../config/load/load.ts');
      const described = targetNames();
      for (const other of result.others)
        say(
          described.includes(other)
            ? `Target "${other}" has schedules, too, and is not synced here: runbook schedules sync ${other}`
            : `Target "${other}" has schedules, too, and is not described here. Is it served from nowhere else? runbook schedules remove ${other}`,
        );
    });
