import {
  closeSync,
  constants,
  fstatSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  rmdirSync,
  rmSync,
  type Stats,
} from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { permanent } from '../../failure.ts';
import { findPlace } from './find-place.ts';
import { isOursAlone } from './who-may-lead.ts';
import { isHeld } from './with-held.ts';

/** See open(2): needs the right to pass only. */
const O_PATH = 0o10000000;
const { O_DIRECTORY, O_NOFOLLOW } = constants;

interface Place {
  readonly path: string;
  /** As people know it. */
  readonly name: string;
  readonly about: Stats;
}

/** What is open until the work is over. */
interface Lent {
  readonly byName: Map<string, Place>;
  readonly byPath: Map<string, Place>;
  readonly fds: number[];
  /** One inside of another, or beside it, has the same. */
  works: number;
}

let lent: Lent | undefined;

/**
 * Keeps each directory that `at` is asked for open until `work` is over, so that all of it happens in the directories that were found first:
 * backups often lie in a directory where the application's user can put a link to their name. What is answered, which must be plain data, and
 * what fails, name them as people do. Elsewhere `at` gives names.
 */
export async function withPlaces<Result>(work: () => Promise<Result>): Promise<Result> {
  if (process.platform !== 'linux') return work();
  const all = (lent ??= { byName: new Map(), byPath: new Map(), fds: [], works: 0 });
  all.works += 1;
  try {
    return shownIn(await work());
  } catch (error) {
    throw named(error);
  } finally {
    all.works -= 1;
    if (all.works === 0) {
      for (const fd of all.fds) closeSync(fd);
      lent = undefined;
    }
  }
}

/**
 * Where a directory is, whatever is put under its name meanwhile: found by handles, part by part, through no link that serves another.
 * The name itself where nothing is there yet, and outside of `withPlaces`. Error: `LinkRefused`.
 */
export function at(directory: string): string {
  return place(directory)?.path ?? directory;
}

/** The same of one that nobody but us can write to. Error: `LinkRefused`, when somebody else can, too. */
export function atOurs(directory: string): string {
  const found = place(directory);
  if (!found) return directory;
  if (isOursAlone(found.about)) return found.path;
  throw refused(found.name, `can be written to by others (it is of user ${found.about.uid})`);
}

/** Makes it, and those above it, where they are missing. Error: `LinkRefused`. */
export function makePlace(directory: string, mode = 0o777): void {
  if (!lent) {
    mkdirSync(directory, { recursive: true, mode });
    return;
  }
  if (place(directory)) return;
  makePlace(dirname(directory));
  try {
    mkdirSync(join(at(dirname(directory)), basename(directory)), { mode });
  } catch (error) {
    // Another process was first, or somebody put a link there: that is refused now.
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST' || !place(directory)) throw error;
  }
}

/** Removes a directory and what is in it. Of a link only the name goes. */
export function removePlace(directory: string): void {
  const about = lstatSync(directory, { throwIfNoEntry: false });
  if (!about) return;
  if (!about.isDirectory()) return rmSync(directory);
  const inside = at(directory);
  for (const name of readdirSync(inside))
    rmSync(join(inside, name), { recursive: true, force: true });
  rmdirSync(directory);
}

function place(directory: string): Place | undefined {
  if (!lent) return undefined;
  // What was found is asked for again, by what was answered.
  const same = lent.byPath.get(directory);
  if (same) return same;
  const known = lent.byName.get(directory);
  // A place stays what it was; what lies in one may have been made anew by us.
  if (known && (!isHeld(directory) || isStill(directory, known))) return known;
  const fd = isHeld(directory) ? openIn(directory) : openFound(directory);
  if (fd === undefined) return undefined;
  lent.fds.push(fd);
  const path = `/proc/${process.pid}/fd/${fd}`;
  const found = { path, name: shown(directory), about: fstatSync(fd) };
  lent.byName.set(directory, found);
  lent.byPath.set(path, found);
  return found;
}

function isStill(directory: string, { about }: Place): boolean {
  const now = lstatSync(directory, { throwIfNoEntry: false });
  return now?.ino === about.ino && now.dev === about.dev;
}

/** Undefined: there is no such directory. */
function openFound(directory: string): number | undefined {
  let found;
  try {
    found = findPlace(resolve(directory), { followLast: true });
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
    throw error;
  }
  const { directory: above, name, about } = found;
  if (name === '') return above.fd;
  try {
    return about?.isDirectory() ? openIn(`/proc/self/fd/${above.fd}/${name}`) : undefined;
  } finally {
    closeSync(above.fd);
  }
}

function openIn(path: string): number | undefined {
  try {
    return openSync(path, O_PATH | O_DIRECTORY | O_NOFOLLOW);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') return undefined;
    if (code !== 'ENOTDIR' && code !== 'ELOOP') throw error;
    if (!lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink()) return undefined;
    throw refused(shown(path), 'is a link');
  }
}

function refused(name: string, why: string): Error {
  return permanent('LinkRefused', `"${name}" ${why}, and is left alone: move it away`);
}

function shown(text: string): string {
  if (!lent || !text.includes(`/proc/${process.pid}/fd/`)) return text;
  const { byPath } = lent;
  return text.replaceAll(
    new RegExp(`/proc/${process.pid}/fd/\\d+`, 'g'),
    (path) => byPath.get(path)?.name ?? path,
  );
}

function shownIn<Result>(result: Result): Result {
  const text = JSON.stringify(result);
  return text?.includes(`/proc/${process.pid}/fd/`) ? (JSON.parse(shown(text)) as Result) : result;
}

function named(error: unknown): unknown {
  if (!(error instanceof Error)) return error;
  error.message = shown(error.message);
  for (const key of ['path', 'dest', 'details'] as const) {
    const value = (error as unknown as Record<string, unknown>)[key];
    if (value !== undefined && value !== null) Object.assign(error, { [key]: shownIn(value) });
  }
  return error;
}
