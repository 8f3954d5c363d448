import {
  closeSync,
  constants,
  fstatSync,
  fsyncSync,
  ftruncateSync,
  openSync,
  readFileSync,
  readSync,
  renameSync,
  rmSync,
  writeSync,
} from 'node:fs';
import { dirname } from 'node:path';
import { expectSpaceFor } from '../../../os/files/disk-space.ts';
import { syncDirectory } from '../../../os/files/durable-files.ts';
import { isThere } from '../../../os/files/file-facts.ts';
import { openPlain } from '../../../os/files/held/open-plain.ts';
import { PART } from '../file/generations.ts';
import { type Writer, writersOf } from '../file/writers.ts';
import { giveAttributes } from './rename.ts';

const CHUNK = 2 ** 20;

export interface Cut {
  readonly changed: boolean;
  /** How many bytes may have been written between the end of the copy and the cut: those are lost. */
  readonly atRisk: number;
  /** True: it is no more, by the kernel's own count. False: a guess by how fast the log grew, for writers unseen. */
  readonly counted: boolean;
}

/**
 * Copies a log to `rotated` and empties it, for an application that never releases its file. The copy has its name before
 * the cut: an attempt that finds it there goes on where the last one ended, or sees that the cut was made.
 */
export function copyTruncate(live: string, rotated: string): Cut {
  const from = openPlain(live, constants.O_RDWR);
  try {
    if (!isThere(rotated)) beginCopy(from, rotated);
    else if (!beginsWith(live, rotated)) return { changed: false, atRisk: 0, counted: true };
    const to = openPlain(rotated, constants.O_RDWR);
    try {
      // The bulk first, and durably: what comes meanwhile is little, and is copied at once.
      catchUp(from, to);
      const begun = performance.now();
      fsyncSync(to);
      const { writers } = writersOf(live);
      const grown = catchUp(from, to);
      const pace = grown / (performance.now() - begun);
      const risk = cut(from, to, writers, pace);
      fsyncSync(to);
      fsyncSync(from);
      return { changed: true, ...risk };
    } finally {
      closeSync(to);
    }
  } finally {
    closeSync(from);
  }
}

/** Whether `copy` is the beginning of `live`: then the cut has not been made. */
export function beginsWith(live: string, copy: string): boolean {
  // They may be one file with two names, when a run was ended half-way.
  const open = (file: string) => openPlain(file, constants.O_RDONLY, { names: 2 });
  const one = open(live);
  let other: number | undefined;
  try {
    other = open(copy);
    const { size } = fstatSync(other);
    if (fstatSync(one).size < size) return false;
    const [here, there] = [Buffer.allocUnsafe(CHUNK), Buffer.allocUnsafe(CHUNK)];
    for (let position = 0; position < size;) {
      const length = readSync(other, there, 0, CHUNK, position);
      if (length === 0) return false;
      const same = readSync(one, here, 0, length, position) === length;
      if (!same || here.compare(there, 0, length, 0, length) !== 0) return false;
      position += length;
    }
    return true;
  } finally {
    closeSync(one);
    if (other !== undefined) closeSync(other);
  }
}

/** Nothing has its final name until all that was there at the beginning is in it. Error: `NoSpace`. */
function beginCopy(from: number, rotated: string): void {
  const part = `${rotated}${PART}`;
  rmSync(part, { force: true });
  expectSpaceFor(fstatSync(from).size, dirname(rotated));
  const to = openSync(part, 'wx', 0o600);
  try {
    giveAttributes(to, fstatSync(from));
    catchUp(from, to);
    fsyncSync(to);
  } finally {
    closeSync(to);
  }
  renameSync(part, rotated);
  syncDirectory(dirname(rotated));
}

/** Copies whatever `from` has and `to` has not. */
function catchUp(from: number, to: number): number {
  const buffer = Buffer.allocUnsafe(CHUNK);
  const begin = fstatSync(to).size;
  for (let position = begin; ;) {
    const length = readSync(from, buffer, 0, CHUNK, position);
    if (length === 0) return position - begin;
    writeAll(to, buffer.subarray(0, length), position);
    position += length;
  }
}

/**
 * Nothing is done between the last check for more and the cut. Whatever its writers wrote meanwhile is in the copy, in the
 * emptied file, or lost. `pace`: how fast the log grew before, in bytes a ms.
 */
function cut(from: number, to: number, writers: readonly Writer[], pace: number) {
  const before = writers.map(writtenBy);
  const { size } = fstatSync(from);
  const begun = performance.now();
  catchUp(from, to);
  ftruncateSync(from, 0);
  const milliseconds = performance.now() - begun;
  const saved = Math.max(0, fstatSync(to).size - size) + fstatSync(from).size;
  waitForCount();
  const counts = writers.map(
    (writer, index) => (writtenBy(writer) ?? NaN) - (before[index] ?? NaN),
  );
  const counted = counts.length > 0 && counts.every(Number.isFinite);
  const sum = counts.reduce((all, bytes) => all + bytes, 0);
  const atRisk = counted ? sum - saved : 2 * pace * milliseconds;
  return { atRisk: Math.max(0, Math.ceil(atRisk)), counted };
}

/** All bytes that a process has ever written, see proc_pid_io(5). Undefined when we may not know. */
function writtenBy({ pid }: Writer): number | undefined {
  try {
    const found = /^wchar: (\d+)/m.exec(readFileSync(`/proc/${pid}/io`, 'utf8'));
    return found ? Number(found[1]) : undefined;
  } catch {
    return undefined;
  }
}

/** The kernel counts a write a moment after it was made. */
function waitForCount(): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1);
}

function writeAll(fd: number, bytes: Buffer, position: number): void {
  for (let written = 0; written < bytes.length;)
    written += writeSync(fd, bytes, written, bytes.length - written, position + written);
}
