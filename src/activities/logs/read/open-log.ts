import {
  type BigIntStats,
  closeSync,
  constants,
  fstatSync,
  openSync,
  readlinkSync,
  realpathSync,
  statSync,
} from 'node:fs';
import { basename, dirname, join, relative, resolve } from 'node:path';
import type { Target } from '../../../config/schema/target.ts';
import { generationsOf, predecessorsOf } from '../file/generations.ts';

/** A file of a log, open for reading. */
export interface LogPart {
  readonly file: string;
  readonly fd: number;
  readonly stats: BigIntStats;
  /** How its bytes are compressed. */
  readonly packed?: 'gzip' | 'zstd';
}

export interface OpenLog {
  /** Missing: there is no such file now. */
  readonly live?: LogPart;
  /** What was rotated, in no order. */
  readonly rotated: readonly LogPart[];
  /** What was not opened, and why: sentences. */
  readonly refused: readonly string[];
}

/** Files of one log that are opened at once. */
const MAX_FILES = 400;
const TRIES = 5;

/**
 * Opens a log and all that was rotated of it, for as long as `use` takes. Nothing is trusted of the application's directory: no
 * link is followed, on no part of the path, and only regular files are read.
 */
export async function withLog<Result>(
  target: Pick<Target, 'directory'>,
  file: string,
  use: (log: OpenLog) => Promise<Result>,
): Promise<Result> {
  const opened: LogPart[] = [];
  try {
    return await use(openAll(target, file, opened));
  } finally {
    for (const { fd } of opened) closeSync(fd);
  }
}

/** What is renamed while it is looked for would be missed: it is looked for again until nothing has changed. */
function openAll(target: Pick<Target, 'directory'>, file: string, opened: LogPart[]): OpenLog {
  for (let tries = 1; ; tries += 1) {
    const names = namesOf(file);
    const refused: string[] = [];
    const parts = [file, ...names].flatMap((name) => {
      const found = openPart(target, name);
      if (typeof found !== 'string') opened.push(found);
      else if (found !== '') refused.push(found);
      return typeof found === 'string' ? [] : [found];
    });
    const still = openPart(target, file);
    if (typeof still !== 'string') opened.push(still);
    const live = parts.find((part) => part.file === file);
    const same = typeof still === 'string' ? !live : live?.stats.ino === still.stats.ino;
    if (tries < TRIES && !(same && names.join('/') === namesOf(file).join('/'))) continue;
    const seen = new Set(live ? [keyOf(live)] : []);
    const rotated = parts.filter((part) => {
      if (part === live || seen.has(keyOf(part))) return false;
      seen.add(keyOf(part));
      return true;
    });
    return { ...(live && { live }), rotated, refused };
  }
}

/** The plain file stands for the packed one beside it, until it is gone. */
function namesOf(file: string): string[] {
  const made = generationsOf(file).flatMap(({ plain, packed }) => plain ?? packed ?? []);
  const others = predecessorsOf(file).filter((name) => !/\.(bz2|xz)$/.test(name));
  const plain = new Set(others);
  return [
    ...made,
    ...others.filter(
      (name) => !plain.has(name.replace(/\.(gz|zst)$/, '')) || !/\.(gz|zst)$/.test(name),
    ),
  ].slice(0, MAX_FILES);
}

/** A sentence when it is not to be read; an empty one when it is not there. */
export function openPart(target: Pick<Target, 'directory'>, file: string): LogPart | string {
  let fd: number;
  try {
    // A FIFO without a writer would hold us for ever.
    fd = openSync(
      file,
      constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK | constants.O_NOCTTY,
    );
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') return '';
    if (code === 'ELOOP') return `"${file}" is a link: name the file itself in "logs"`;
    if (code === 'ENXIO') return `"${file}" is no regular file`;
    return code === 'EACCES' || code === 'EPERM'
      ? `"${file}" may not be read: ${message}`
      : `"${file}" cannot be read: ${message}`;
  }
  const refusal = refusalOf(target, file, fd);
  if (refusal !== undefined) {
    closeSync(fd);
    return refusal;
  }
  const packed = file.endsWith('.gz') ? 'gzip' : file.endsWith('.zst') ? 'zstd' : undefined;
  return { file, fd, stats: fstatSync(fd, { bigint: true }), ...(packed && { packed }) };
}

function refusalOf(
  { directory }: Pick<Target, 'directory'>,
  file: string,
  fd: number,
): string | undefined {
  const stats = fstatSync(fd);
  if (stats.isDirectory()) return `"${file}" is a directory`;
  if (!stats.isFile()) return `"${file}" is no regular file`;
  // A name that the application's user gave to a file of somebody else.
  if (stats.nlink > 1 && stats.uid !== ownerOf(dirname(file)))
    return `"${file}" has another name elsewhere, and belongs to another user than its directory`;
  const inside = relative(resolve(directory), dirname(file));
  const expected = inside.startsWith('..') ? dirname(file) : join(realOf(directory), inside);
  const place = placeOf(fd) ?? join(realOf(dirname(file)), basename(file));
  // Its own name may have changed since: log-rotation renames.
  if (dirname(place) !== expected) return `"${file}" lies behind a link, in "${dirname(place)}"`;
  return undefined;
}

function ownerOf(directory: string): number | undefined {
  return statSync(directory, { throwIfNoEntry: false })?.uid;
}

function realOf(directory: string): string {
  try {
    return realpathSync(directory);
  } catch {
    return directory;
  }
}

/** Where a file that is open lies, as the kernel says. Undefined: it does not. */
function placeOf(fd: number): string | undefined {
  try {
    return readlinkSync(`/proc/self/fd/${fd}`);
  } catch {
    return undefined;
  }
}

function keyOf({ stats }: LogPart): string {
  return `${stats.dev}:${stats.ino}`;
}
