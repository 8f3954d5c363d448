import { createHash } from 'node:crypto';
import { closeSync, constants, fstatSync, lstatSync, readlinkSync, readSync } from 'node:fs';
import { ApplicationFailure } from '@temporalio/common';
import type { HeaderData, ReadEntry } from 'tar';
import { passing } from '../../os/failure.ts';
import { openPlain } from '../../os/files/held/open-plain.ts';
import { hold } from '../../os/files/held/with-held.ts';
import { type Bytes, PIECE } from './bytes.ts';
import type { Entry } from './manifest.ts';

/** Loaded only where an archive is made or read: most jobs do neither. */
type Tar = typeof import('tar');

export interface Packed {
  /** A tar. `entries` and `missing` are complete at its end. */
  readonly bytes: Bytes;
  readonly entries: Entry[];
  /** What could not be read, and why. */
  readonly missing: string[];
}

/** Handles on directories that are open at once. */
const MAX_DIRECTORIES = 100;

/**
 * What is hashed is what goes into the archive, also of a log that grows meanwhile: it is cut where it ended when we came. Files lie in
 * directories that another user may change meanwhile: none is read through a link of his, nor one that has another name.
 */
export function packed(all: readonly Found[]): Packed {
  const entries: Entry[] = [];
  const missing: string[] = [];
  let tar: Tar;
  const { held, close } = hold();
  return { bytes: bytes(), entries, missing };

  async function* bytes(): AsyncGenerator<Buffer> {
    tar = await import('tar');
    try {
      for (const [index, found] of all.entries()) {
        if (index % MAX_DIRECTORIES === 0) close();
        yield* entryOf(found);
      }
    } finally {
      close();
    }
    yield Buffer.alloc(2 * BLOCK);
  }

  async function* entryOf(found: Found): AsyncGenerator<Buffer> {
    try {
      if (found.type === 'file') yield* fileOf(found);
      else yield otherOf(found);
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (!isRefused(error) && !['ENOENT', 'EACCES', 'EPERM', 'ENOTDIR'].includes(code ?? ''))
        throw error;
      missing.push(
        `"${found.path}" cannot be read: ${code ?? held.shown((error as Error).message)}`,
      );
    }
  }

  async function* fileOf({ path, file }: Found): AsyncGenerator<Buffer> {
    const fd = openFile(file);
    try {
      const { mode, size, mtime } = fstatSync(fd);
      yield headOf(tar, { path, mode: mode & 0o7777, size, mtime, type: 'File' });
      const hash = createHash('sha256');
      for (let left = size; left > 0;) {
        const piece = Buffer.allocUnsafeSlow(Math.min(PIECE, left));
        const length = readSync(fd, piece);
        if (length === 0)
          throw passing('FileChanged', `"${file}" became shorter while it was copied`);
        hash.update(piece.subarray(0, length));
        yield piece.subarray(0, length);
        left -= length;
      }
      yield Buffer.alloc((BLOCK - (size % BLOCK)) % BLOCK);
      const sha256 = hash.digest('hex');
      entries.push({ type: 'file', path, mode: octal(mode), bytes: size, sha256 });
    } finally {
      closeSync(fd);
    }
  }

  /** Only what the policy names by a link is one by now: all else needs no look before it is opened. */
  function openFile(file: string): number {
    try {
      return openPlain(held.itself(file), constants.O_RDONLY);
    } catch (error) {
      if (!isRefused(error)) throw error;
      return openPlain(held(file), constants.O_RDONLY);
    }
  }

  function otherOf({ path, file, type }: Found): Buffer {
    const place = type === 'link' ? held.itself(file) : held(file);
    const { mode, mtime } = lstatSync(place);
    if (type === 'link') {
      const linkpath = readlinkSync(place);
      entries.push({ type, path, to: linkpath });
      return headOf(tar, {
        path,
        mode: mode & 0o7777,
        size: 0,
        mtime,
        type: 'SymbolicLink',
        linkpath,
      });
    }
    entries.push({ type: 'directory', path, mode: octal(mode) });
    return headOf(tar, {
      path: `${path}/`,
      mode: mode & 0o7777,
      size: 0,
      mtime,
      type: 'Directory',
    });
  }
}

/** What is in a tar, from the tar itself. Throws when it is no whole tar. */
export async function entriesIn(bytes: Bytes): Promise<Entry[]> {
  const entries: Entry[] = [];
  const { Parser } = await import('tar');
  const parser = new Parser({ strict: true });
  let failure: Error | undefined;
  parser.on('error', (error: Error) => (failure ??= error));
  parser.on('entry', (entry: ReadEntry) => {
    const hash = createHash('sha256');
    let length = 0;
    entry.on('data', (piece) => {
      hash.update(piece);
      length += piece.length;
    });
    entry.on('end', () => entries.push(entryOf(entry, length, hash.digest('hex'))));
  });
  for await (const piece of bytes) {
    parser.write(piece);
    if (failure) throw failure;
  }
  parser.end();
  if (failure) throw failure;
  return entries;
}

function isRefused(error: unknown): boolean {
  return error instanceof ApplicationFailure && error.type === 'LinkRefused';
}

const BLOCK = 512;

function entryOf({ type, path, mode, linkpath }: ReadEntry, bytes: number, sha256: string): Entry {
  if (type === 'SymbolicLink') return { type: 'link', path, to: linkpath ?? '' };
  if (type === 'Directory')
    return { type: 'directory', path: path.replace(/\/$/, ''), mode: octal(mode ?? 0) };
  return { type: 'file', path, mode: octal(mode ?? 0), bytes, sha256 };
}

/** Names and sizes that the old header cannot hold go into a pax header before it. */
function headOf({ Header, Pax }: Tar, data: HeaderData): Buffer {
  const header = new Header(data);
  const block = Buffer.alloc(BLOCK);
  const needsPax = header.encode(block);
  return needsPax ? Buffer.concat([new Pax(data).encode(), block]) : block;
}

function octal(mode: number): string {
  return (mode & 0o7777).toString(8);
}

export interface Found {
  /** Relative to the target's directory, with slashes. */
  readonly path: string;
  readonly file: string;
  readonly type: 'file' | 'directory' | 'link';
  readonly bytes: number;
}
