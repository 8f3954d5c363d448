import { Command } from 'commander';
import { exitCodes } from '../../output/exit-code.ts';
import { print, printJson, say } from '../../output/say.ts';
import { withClient } from '../../run/with-client.ts';

export const check = () =>
  new Command('check')
    .description('Find runs that are missing; ends with 1 when there are any')
    .argument('[targets...]', 'names, as in targets/<name>.yaml (default: all that are enabled)')
    .option('--json', 'print one JSON array')
    .action(async (names: string[], { json }: { json?: boolean }) => {
      const { missedRuns } = await import('../../../client/schedules/missed-runs.ts');
      const { targetsFor } = await import('../../input/targets-for.ts');
      const { wantedSchedules } = await import('../../../client/schedules/wanted-schedules.ts');
      const targets = targetsFor(names);
      const faults = targets.flatMap((target) => wantedSchedules(target).faults);
      for (const { message } of faults) say(`Warning: ${message}`);
      const missed = await withClient((client) => missedRuns(client, targets));
      if (missed.length + faults.length > 0) process.exitCode = exitCodes.failed;
      if (json) return printJson(missed);
      print(missed.map(({ sentence }) => sentence).join('\n') || 'No run is missing');
    });
