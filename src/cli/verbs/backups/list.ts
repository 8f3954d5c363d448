import { Command } from 'commander';
import type { Unmanaged } from '../../../activities/backups/catalogue/unmanaged.ts';
import type { OnServer } from '../../../activities/backups/raw-copies/kept-databases.ts';
import type { RawCopy } from '../../../activities/backups/raw-copies/raw-copies.ts';
import type { Target } from '../../../config/schema/target.ts';
import { columns } from '../../../report/columns.ts';
import { print, printJson, say } from '../../output/say.ts';
import { sizeText } from '../../../config/text/size-text.ts';

export const list = () =>
  new Command('list')
    .description('List the backups there are, the newest first')
    .option('--json', 'print one JSON array')
    .action(async (options: { target?: string; json?: boolean }) => {
      const { catalogueOf } = await import('../../../activities/backups/catalogue/catalogue.ts');
      const { listUnmanaged } = await import('../../../activities/backups/catalogue/unmanaged.ts');
      const { readPin } = await import('../../../activities/backups/catalogue/pin.ts');
      const { listRawCopies } =
        await import('../../../activities/backups/raw-copies/raw-copies.ts');
      const { backupLines } = await import('../../input/choose-backup.ts');
      const { targetFor } = await import('../../input/target-for.ts');
      const target = targetFor(options.target);
      const unmanaged = listUnmanaged(target);
      const raw = listRawCopies(target);
      const onServer = await import('../../../activities/backups/raw-copies/kept-databases.ts');
      const server = await onServer.listKeptDatabases(target);
      const { backups: found, unread } = catalogueOf(target);
      const backupPins = found.flatMap((entry) => {
        const pin = readPin(target.backups, entry.id);
        return pin ? [{ id: entry.id, pin }] : [];
      });
      if (options.json) {
        const pinOf = new Map(backupPins.map(({ id, pin }) => [id, pin]));
        const entries = found.map((entry) => ({
          ...entry,
          pin: pinOf.get(entry.id),
        }));
        return printJson([
          ...entries,
          ...unmanaged.map((one) => ({ state: 'unverified', ...one })),
          ...raw.map((one) => ({ state: 'raw', ...one })),
          ...(server?.found ?? []).map(({ name: database, ...one }) => ({
            state: 'raw',
            ...one,
            database,
          })),
          ...(server?.unread === undefined
            ? []
            : [{ state: 'unread', place: server.place, why: server.unread }]),
          ...unread.map((one) => ({ state: 'unread', ...one })),
        ]);
      }
      const rawPins = [...raw, ...(server?.found ?? [])].flatMap(({ id, pin }) =>
        pin ? [{ id, pin }] : [],
      );
      const pins = [...backupPins, ...rawPins];
      print([`Backups of ${target.name}:`, ...backupLines(target, Infinity)].join('\n'));
      for (const { id, pin } of pins)
        print(
          `  ${id} is pinned by ${pin.by}${pin.until ? ` until ${pin.until}` : ''}: ${pin.reason}`,
        );
      const doubted = found.find(({ state }) => state === 'untrusted');
      if (doubted)
        say(
          `Try: runbook backups trust --target ${target.name} ${doubted.id} --because 'how you know that it is yours'`,
        );
      if (raw.length > 0) print(rawLines(raw, target).join('\n'));
      if (server) print(serverLines(server, target).join('\n'));
      if (unmanaged.length === 0) return;
      print(['Copies that are not adopted:', ...unmanagedLines(unmanaged)].join('\n'));
      say(`Try: runbook backups adopt --target ${target.name} ${unmanaged[0]!.file}`);
    });

function unmanagedLines(unmanaged: readonly Unmanaged[]): string[] {
  const cells = unmanaged.map(({ file, class: kind, takenAt, bytes }) => [
    'unverified',
    kind,
    takenAt,
    sizeText(bytes),
    file,
  ]);
  return columns(cells).map((line) => `  ${line}`);
}

/** What was put aside of damaged and replaced databases, and when it goes. */
function rawLines(raw: readonly RawCopy[], { backups }: Target): string[] {
  const all = raw.reduce((sum, { bytes }) => sum + bytes, 0);
  const cells = raw.map(({ id, sort, bytes, files }) => [id, sort, sizeText(bytes), files[0]]);
  return [
    `Raw files of databases, no backups: ${raw.length}, ${sizeText(all)}. They go after ${backups.other.raw}, but never the newest of a sort: that is yours to delete`,
    ...columns(cells).map((line) => `  ${line}`),
  ];
}

/** The same on a server: nothing where there is none. */
function serverLines({ place, found, unread }: OnServer, { backups }: Target): string[] {
  if (unread !== undefined) return [`What runs have kept on the server is not known: ${unread}`];
  if (found.length === 0) return [];
  const all = found.reduce((sum, { bytes }) => sum + bytes, 0);
  const cells = found.map(({ id, sort, bytes, name }) => [id, sort, sizeText(bytes), name]);
  return [
    `Databases beside ${place}, no backups: ${found.length}, ${sizeText(all)}. They go after ${backups.other.raw}, but never the newest of a sort: that is yours to drop`,
    ...columns(cells).map((line) => `  ${line}`),
  ];
}
