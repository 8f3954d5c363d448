import { Command } from 'commander';
import { UsageError } from '../../../config/usage-error.ts';
import { print, printJson, say } from '../../output/say.ts';
import { withClient } from '../../run/with-client.ts';

export const remove = () =>
  new Command('remove')
    .description(
      'Delete the schedules of a target that is described here no more: it was renamed or removed',
    )
    .argument('<target>', 'its name, as in <target>/daily-backup')
    .option('--plan', 'show what would be deleted, and delete nothing')
    .option('--json', 'print one JSON value')
    .action(async (target: string, { plan = false, json }: { plan?: boolean; json?: boolean }) => {
      const { readTargets } = await import('../../../config/load/load.ts');
      const { removeSchedules } = await import('../../../client/schedules/remove-schedules.ts');
      if (readTargets().targets.some(({ name, enabled }) => enabled && name === target))
        throw new UsageError(
          `"${target}" is described here: its worker would make its schedules again`,
          `take them out of "schedules" in its file, then runbook schedules sync ${target}`,
        );
      const ids = await withClient((client) => removeSchedules(client, target, { plan }));
      if (json) return printJson({ plan, target, deleted: ids });
      if (ids.length === 0) return say(`"${target}" has no schedules that were made here`);
      for (const id of ids) print(`${plan ? 'would delete' : 'deleted'}  ${id}`);
    });
