import { databaseFiles } from '../../../config/load/database-text.ts';
import { closeSync, constants, lstatSync, openSync, readdirSync, type Stats } from 'node:fs';
import { basename, join, matchesGlob, relative, resolve, sep } from 'node:path';
import { ApplicationFailure } from '@temporalio/common';
import type { Target } from '../../../config/schema/target.ts';
import { isForbidden } from '../../../os/files/file-facts.ts';
import { withHeld } from '../../../os/files/held/with-held.ts';
import { liveFile } from '../../../os/files/live-file.ts';
import type { Found } from '../../artefact/tar.ts';
import { SIDECARS } from '../../../os/files/sqlite-sidecars.ts';
import type { FilePolicy } from './file-policy.ts';

export interface Walk {
  readonly found: readonly Found[];
  /** What is not there or cannot go into an archive, and why: sentences. */
  readonly missing: readonly string[];
}

/** Everything that a policy names, in a lasting order. The database goes by its own way, and backups are not backed up. */
export function walk({ directory, database, backups, state }: Target, policy: FilePolicy): Walk {
  const live = databaseFiles(database).map(liveFile);
  const ours = new Set(
    [
      ...live,
      ...live.flatMap((file) => SIDECARS.map((end) => file + end)),
      backups.directory,
      backups.copy,
      state,
    ].map((path) => path && resolve(path)),
  );
  const found: Found[] = [];
  const missing: string[] = [];
  for (const path of policy.paths) visitNamed(path);
  return { found, missing };

  /** A link that the policy names is followed, if whoever could make it owns where it leads: its content is what is meant. */
  function visitNamed(path: string): void {
    const file = resolve(directory, path);
    const inside = relative(directory, file);
    if (inside.startsWith(`..${sep}`) || inside === '..')
      return void missing.push(`"${path}" leads out of "${directory}"`);
    try {
      withHeld((held) => {
        const place = held(file);
        visit(file, place, lstatSync(place));
      });
    } catch (error) {
      if ((error as { code?: string }).code === 'ENOENT')
        return void missing.push(`"${path}" is not there`);
      if (!isRefused(error)) throw error;
      missing.push(error.message);
    }
  }

  /** `place`: by a handle on its directory, which may be another by now than the one of that name. */
  function visit(file: string, place: string, about: Stats): void {
    const path = relative(directory, file).replaceAll(sep, '/');
    if (ours.has(file) || isExcluded(path)) return;
    if (about.isFile()) found.push({ path, file, type: 'file', bytes: about.size });
    else if (about.isSymbolicLink()) found.push({ path, file, type: 'link', bytes: 0 });
    else if (about.isDirectory()) visitAll(path, file, place);
    else missing.push(`"${path}" is neither a file nor a directory`);
  }

  function visitAll(path: string, file: string, place: string): void {
    if (path !== '') found.push({ path, file, type: 'directory', bytes: 0 });
    const directory = openDirectory(path, place);
    if (directory === undefined) return;
    try {
      // As bytes, in order.
      const names = readdirSync(directory.at, { encoding: 'buffer' });
      for (const name of names.toSorted((a, b) => Buffer.compare(a, b))) {
        const text = name.toString();
        if (!Buffer.from(text).equals(name)) {
          missing.push(`"${join(path, text)}" is no UTF-8 name`);
          continue;
        }
        const inside = join(directory.at, text);
        const about = lstatSync(inside, { throwIfNoEntry: false });
        if (about) visit(join(file, text), inside, about);
      }
    } finally {
      closeSync(directory.fd);
    }
  }

  /** Undefined: it may not be read, or is gone. */
  function openDirectory(path: string, place: string) {
    try {
      const fd = openSync(place, O_RDONLY | O_DIRECTORY | O_NOFOLLOW);
      return { fd, at: process.platform === 'linux' ? `/proc/self/fd/${fd}` : place };
    } catch (error) {
      const { code = '', message } = error as NodeJS.ErrnoException;
      if (!isForbidden(error) && !GONE.includes(code)) throw error;
      missing.push(`"${path}" cannot be read: ${code === '' ? message : code}`);
      return undefined;
    }
  }

  function isExcluded(path: string): boolean {
    return policy.exclude.some(
      (pattern) => matchesGlob(basename(path), pattern) || matchesGlob(path, pattern),
    );
  }
}

const { O_RDONLY, O_DIRECTORY, O_NOFOLLOW } = constants;
/** Or something else since it was listed. */
const GONE = ['ENOENT', 'ENOTDIR', 'ELOOP'];

function isRefused(error: unknown): error is ApplicationFailure {
  return error instanceof ApplicationFailure && error.type === 'LinkRefused';
}

/** With what a tar adds to each. */
export function sizeOfWalk({ found }: Walk): number {
  return found.reduce((sum, { bytes }) => sum + bytes + 2048, 0);
}
