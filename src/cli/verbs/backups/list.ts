import { Command } from 'commander';
import type { Foreign } from '../../../activities/support/backups/foreign.ts';
import { columns } from '../../../report/columns.ts';
import { sizeText } from '../../size-text.ts';
import { print, printJson, say } from '../../say.ts';

export const list = () =>
  new Command('list')
    .description('List the backups there are, the newest first')
    .option('--json', 'print one JSON array')
    .action(async (options: { target?: string; json?: boolean }) => {
      const { listBackups } = await import('../../../activities/support/backups/backup-store.ts');
      const { listForeign } = await import('../../../activities/support/backups/foreign.ts');
      const { readPin } = await import('../../../activities/support/backups/pin.ts');
      const { backupLines } = await import('../../choose-backup.ts');
      const { targetFor } = await import('../../target-for.ts');
      const target = targetFor(options.target);
      const { directory } = target.backups;
      const foreign = listForeign(target);
      const pins = listBackups(directory).flatMap((entry) => {
        const pin = readPin(directory, entry.id);
        return pin ? [{ id: entry.id, pin }] : [];
      });
      if (options.json) {
        const pinOf = new Map(pins.map(({ id, pin }) => [id, pin]));
        const entries = listBackups(directory).map((entry) => ({
          ...entry,
          pin: pinOf.get(entry.id),
        }));
        return printJson([...entries, ...foreign.map((one) => ({ state: 'unverified', ...one }))]);
      }
      print([`Backups of ${target.name}:`, ...backupLines(target, Infinity)].join('\n'));
      for (const { id, pin } of pins)
        print(
          `  ${id} is pinned by ${pin.by}${pin.until ? ` until ${pin.until}` : ''}: ${pin.reason}`,
        );
      if (foreign.length === 0) return;
      print(['Copies that are not adopted:', ...foreignLines(foreign)].join('\n'));
      say(`Try: runbook backups adopt --target ${target.name} ${foreign[0]!.file}`);
    });

function foreignLines(foreign: readonly Foreign[]): string[] {
  const cells = foreign.map(({ file, class: kind, takenAt, bytes }) => [
    'unverified',
    kind,
    takenAt,
    sizeText(bytes),
    file,
  ]);
  return columns(cells).map((line) => `  ${line}`);
}
