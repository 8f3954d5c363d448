import { lstatSync, type Stats } from 'node:fs';
import { posix, relative, resolve, sep } from 'node:path';
import { dailyFiles } from '../../../config/load/daily-files.ts';
import type { Target } from '../../../config/schema/target.ts';
import { permanent } from '../../../os/failure.ts';
import { liveFile } from '../../../os/files/live-file.ts';
import type { Entry } from '../../artefact/manifest.ts';
import { SIDECARS } from '../../database/sqlite/file/database-files.ts';

type Places = Pick<Target, 'directory' | 'runtime' | 'database' | 'backups' | 'state' | 'logs'>;

/** Where an entry of an archive belongs, and what is there now. */
export interface LivePlace {
  readonly file: string;
  readonly about: Stats | undefined;
}

/**
 * Follows the links that the target's own policy names, as the backup did, and no other: nothing is ever written through
 * a link that came with a backup or lies inside what was backed up. Error: `FileInTheWay`.
 */
export function livePlace(target: Places, { path, type }: Pick<Entry, 'path' | 'type'>): LivePlace {
  const { directory } = target;
  const parts = path.split('/');
  for (let length = 1; length < parts.length; length += 1) {
    const parent = parts.slice(0, length).join('/');
    const about = lstatSync(resolve(directory, parent), { throwIfNoEntry: false });
    if (!about || about.isDirectory()) continue;
    if (!about.isSymbolicLink() || !isNamed(target, parent)) throw inTheWay(parent, 'directory');
  }
  const named = resolve(directory, path);
  const follow = isNamed(target, path) && type !== 'link';
  const file = follow ? liveFile(named) : named;
  const about = lstatSync(file, { throwIfNoEntry: false });
  if (about && typeOf(about) !== type) throw inTheWay(path, type);
  return { file, about };

  function inTheWay(name: string, wanted: Entry['type']): Error {
    return permanent(
      'FileInTheWay',
      `Cannot restore "${path}": "${name}" is no ${wanted} here; move it away, and start again`,
    );
  }
}

/** What is never written by a recovery of files: the database, backups, our own state, and logs. */
export function isSpared({ directory, database, backups, state, logs }: Places, path: string) {
  const file = resolve(directory, path);
  const live = liveFile(database.file);
  const files = [live, database.file, ...SIDECARS.map((ending) => live + ending)];
  const directories = [backups.directory, backups.copy ?? [], state].flat();
  return (
    files.some((one) => resolve(directory, one) === file) ||
    directories.some((one) => `${file}${sep}`.startsWith(`${resolve(directory, one)}${sep}`)) ||
    logs.some((log) => isLog(resolve(directory, log.file)))
  );

  /** Itself, or what was rotated of it. */
  function isLog(log: string): boolean {
    return file === log || file.startsWith(`${log}.`) || file.startsWith(`${log}-`);
  }
}

/** Whether a link of this name, in the archive, stays inside the target's directory. */
export function leadsOutside({ directory }: Places, path: string, to: string): boolean {
  const from = relative(directory, resolve(directory, path, '..', to));
  return from === '..' || from.startsWith(`..${sep}`);
}

/** A path that stays where it is said to be. */
export function isPlain(path: string): boolean {
  return (
    path !== '' &&
    !path.includes('\0') &&
    !posix.isAbsolute(path) &&
    path.split('/').every((part) => part !== '' && part !== '.' && part !== '..')
  );
}

function typeOf(about: Stats): Entry['type'] | undefined {
  if (about.isFile()) return 'file';
  if (about.isDirectory()) return 'directory';
  return about.isSymbolicLink() ? 'link' : undefined;
}

/** By the policy, or on the way to what it names. */
function isNamed(places: Places, path: string): boolean {
  const { directory, backups } = places;
  return [...dailyFiles(places), ...(backups.weekly?.files ?? [])]
    .map((name) => relative(directory, resolve(directory, name)).replaceAll(sep, '/'))
    .some((name) => name === path || name.startsWith(`${path}/`));
}
