import { databaseFiles } from '../../../config/load/database-text.ts';
import { lstatSync, type Stats } from 'node:fs';
import { posix, relative, resolve, sep } from 'node:path';
import { dailyFiles } from '../../../config/load/daily-files.ts';
import type { Target } from '../../../config/schema/target.ts';
import { permanent } from '../../../os/failure.ts';
import { type Held, withHeld } from '../../../os/files/held/with-held.ts';
import { liveFile } from '../../../os/files/live-file.ts';
import type { Entry } from '../../artefact/manifest.ts';
import { SIDECARS } from '../../../os/files/sqlite-sidecars.ts';

type Places = Pick<Target, 'directory' | 'runtime' | 'database' | 'backups' | 'state' | 'logs'>;

/** Where an entry of an archive belongs, and what is there now. */
export interface LivePlace {
  /** By a handle on its directory, where that is there. */
  readonly file: string;
  /** As people know it. */
  readonly named: string;
  readonly about: Stats | undefined;
}

/** Looks at one place, while it is held. */
export function atLivePlace<Result>(
  target: Places,
  entry: Pick<Entry, 'path' | 'type'>,
  use: (place: LivePlace, held: Held) => Result,
): Result {
  return withHeld((held) => use(livePlace(target, entry, held), held));
}

/**
 * Follows the links that the target's own policy names, as the backup did, and no other: nothing is ever written through
 * a link that came with a backup or lies inside what was backed up. Errors: `FileInTheWay`; `LinkRefused` for one that the policy names, and
 * that leads to what its maker does not own.
 */
export function livePlace(
  target: Places,
  { path, type }: Pick<Entry, 'path' | 'type'>,
  held: Held,
): LivePlace {
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
  const file = heldFile();
  const about = lstatSync(file, { throwIfNoEntry: false });
  if (about && typeOf(about) !== type) throw inTheWay(path, type);
  return { file, named, about };

  function heldFile(): string {
    try {
      return follow ? held(named) : held.itself(named);
    } catch (error) {
      // Its directory is yet to be made: until then nothing may be done there.
      if ((error as { code?: string }).code === 'ENOENT') return named;
      throw error;
    }
  }

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
  const files = databaseFiles(database).flatMap((named) => {
    const live = liveFile(named);
    return [live, named, ...SIDECARS.map((ending) => live + ending)];
  });
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
