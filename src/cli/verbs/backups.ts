import { Command } from 'commander';
import { print, printJson } from '../say.ts';

export const backups = () =>
  new Command('backups').description('Look at the backups of a target').addCommand(
    new Command('list')
      .description('List the backups there are, the newest first')
      .option('-t, --target <target>', 'target, as in targets/<target>.yaml (or RUNBOOK_TARGET)')
      .option('--json', 'print one JSON array')
      .action(async (options: { target?: string; json?: boolean }) => {
        const { listBackups } = await import('../../activities/support/backups/backup-store.ts');
        const { targetFor } = await import('../target-for.ts');
        const { backupLines } = await import('../choose-backup.ts');
        const target = targetFor(options.target);
        if (options.json) return printJson(listBackups(target.backups.directory));
        print([`Backups of ${target.name}:`, ...backupLines(target, Infinity)].join('\n'));
      }),
  );
