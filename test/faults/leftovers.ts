import { globSync, readdirSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import type { SqliteTarget } from '../../src/config/schema/target.ts';

/** Whatever no ended run may leave: parts, staged copies, probes, and sidecars without their database. */
export function leftovers({ database, backups, state }: SqliteTarget): string[] {
  const directory = dirname(database.file);
  const names = readdirSync(directory);
  const ours = names.filter((name) => name.startsWith(basename(database.file)));
  const partial = ours.filter((name) => /\.(part|staged-|probe-)/.test(name));
  const orphans = ours.filter(
    (name) => /-(wal|shm|journal)$/.test(name) && !names.includes(name.replace(/-\w+$/, '')),
  );
  const parts = [backups.directory, state].flatMap((place) =>
    readdirSync(place).filter((name) => name.includes('.part')),
  );
  const drills = globSync('drill/*', { cwd: state });
  return [...partial, ...orphans, ...parts, ...drills];
}

/** What a recovery puts aside: gone from there once it has been put back. */
export function keptNames({ database }: SqliteTarget): string[] {
  const prefix = `${basename(database.file)}.pre-`;
  return readdirSync(dirname(database.file)).filter((name) => name.startsWith(prefix));
}
