import { lstatSync, readdirSync, statSync } from 'node:fs';
import { basename, join, matchesGlob, relative, resolve, sep } from 'node:path';
import type { Target } from '../../../config/schema/target.ts';
import { isForbidden } from '../../../os/files/file-facts.ts';
import { liveFile } from '../../../os/files/live-file.ts';
import type { Found } from '../../artefact/tar.ts';
import { SIDECARS } from '../../database/sqlite/file/database-files.ts';
import type { FilePolicy } from './file-policy.ts';

export interface Walk {
  readonly found: readonly Found[];
  /** What is not there or cannot go into an archive, and why: sentences. */
  readonly missing: readonly string[];
}

/** Everything that a policy names, in a lasting order. The database goes by its own way, and backups are not backed up. */
export function walk({ directory, database, backups, state }: Target, policy: FilePolicy): Walk {
  const live = liveFile(database.file);
  const ours = new Set(
    [live, ...SIDECARS.map((end) => live + end), backups.directory, backups.copy, state].map(
      (path) => path && resolve(path),
    ),
  );
  const found: Found[] = [];
  const missing: string[] = [];
  for (const path of policy.paths) visitNamed(path);
  return { found, missing };

  /** A link that the policy names is followed: its content is what is meant. */
  function visitNamed(path: string): void {
    const file = resolve(directory, path);
    const inside = relative(directory, file);
    if (inside.startsWith(`..${sep}`) || inside === '..')
      return void missing.push(`"${path}" leads out of "${directory}"`);
    const about = statSync(file, { throwIfNoEntry: false });
    if (!about) return void missing.push(`"${path}" is not there`);
    visit(file, about);
  }

  function visit(file: string, about: ReturnType<typeof lstatSync> & object): void {
    const path = relative(directory, file).replaceAll(sep, '/');
    if (ours.has(file) || isExcluded(path)) return;
    if (about.isFile()) found.push({ path, file, type: 'file', bytes: Number(about.size) });
    else if (about.isSymbolicLink()) found.push({ path, file, type: 'link', bytes: 0 });
    else if (about.isDirectory()) visitAll(path, file);
    else missing.push(`"${path}" is neither a file nor a directory`);
  }

  function visitAll(path: string, file: string): void {
    if (path !== '') found.push({ path, file, type: 'directory', bytes: 0 });
    for (const name of namesIn(path, file)) {
      const text = name.toString();
      if (!Buffer.from(text).equals(name)) missing.push(`"${join(path, text)}" is no UTF-8 name`);
      else {
        const about = lstatSync(join(file, text), { throwIfNoEntry: false });
        if (about) visit(join(file, text), about);
      }
    }
  }

  /** As bytes, in order. */
  function namesIn(path: string, file: string): Buffer[] {
    try {
      return readdirSync(file, { encoding: 'buffer' }).toSorted((a, b) => Buffer.compare(a, b));
    } catch (error) {
      if (!isForbidden(error)) throw error;
      missing.push(`"${path}" cannot be read: ${(error as Error).message}`);
      return [];
    }
  }

  function isExcluded(path: string): boolean {
    return policy.exclude.some(
      (pattern) => matchesGlob(basename(path), pattern) || matchesGlob(path, pattern),
    );
  }
}

/** With what a tar adds to each. */
export function sizeOfWalk({ found }: Walk): number {
  return found.reduce((sum, { bytes }) => sum + bytes + 2048, 0);
}
