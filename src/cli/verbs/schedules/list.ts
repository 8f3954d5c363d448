import { Command } from 'commander';
import type { ScheduleView } from '../../../client/schedules/view-schedules.ts';
import { positive } from '../../input/positive.ts';
import { print, printJson, say } from '../../output/say.ts';
import { withClient } from '../../run/with-client.ts';

export const list = () =>
  new Command('list')
    .description('List the schedules, and when each starts next')
    .argument('[targets...]', 'names, as in targets/<name>.yaml (default: all that are enabled)')
    .option('--json', 'print one JSON array')
    .action(async (names: string[], { json }: { json?: boolean }) => {
      const { scheduleLines } = await import('../../output/schedule-lines.ts');
      const schedules = await viewed(names);
      if (json) return printJson(schedules);
      if (schedules.length > 0) print(scheduleLines(schedules).join('\n'));
    });

export const next = () =>
  new Command('next')
    .description('Show what starts next by itself, over all schedules')
    .argument('[targets...]', 'names, as in targets/<name>.yaml (default: all that are enabled)')
    .option('-n, --limit <number>', 'how many', positive, 5)
    .option('--json', 'print one JSON array')
    .action(async (names: string[], { limit, json }: { limit: number; json?: boolean }) => {
      const { nextStarts, zonedTime } = await import('../../output/schedule-lines.ts');
      const { columns } = await import('../../../report/columns.ts');
      const starts = nextStarts(await viewed(names), limit);
      if (json) return printJson(starts);
      print(
        columns(starts.map(({ at, id, timezone }) => [id, zonedTime(at, timezone)])).join('\n'),
      );
    });

async function viewed(names: readonly string[]): Promise<ScheduleView[]> {
  const { viewSchedules } = await import('../../../client/schedules/view-schedules.ts');
  const { targetsFor } = await import('../../input/targets-for.ts');
  const targets = targetsFor(names);
  const { schedules, faults } = await withClient((client) => viewSchedules(client, targets));
  for (const fault of faults) say(`Warning: ${fault}`);
  if (schedules.length === 0) say('No schedules: no target here asks for any');
  if (schedules.some(({ state }) => state === 'missing' || state === 'differs'))
    say(
      'Temporal does not have all of them as the targets say',
      'Try: runbook schedules sync --plan',
    );
  return schedules;
}
