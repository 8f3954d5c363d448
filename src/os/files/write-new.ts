import { randomUUID } from 'node:crypto';
import { closeSync, existsSync, fsyncSync, linkSync, openSync, rmSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import { permanent } from '../failure.ts';
import { syncDirectory } from './durable-files.ts';

const CHUNK = 2 ** 20;

/**
 * Writes pieces into a file that must not be there yet, and which has its name only when it is whole and survives a power cut. Answers
 * its bytes. Nobody but its owner may read it. Error: `InvalidInput` when something has that name, whatever it is.
 */
export function writeNew(file: string, pieces: Iterable<Buffer>): number {
  if (existsSync(file)) throw alreadyThere(file);
  const part = `${file}.part-${randomUUID()}`;
  try {
    const bytes = writeTo(part, pieces);
    // A link fails where a rename would take somebody's file away.
    linkSync(part, file);
    syncDirectory(dirname(file));
    return bytes;
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === 'EEXIST') throw alreadyThere(file);
    if (code === 'ENOENT' || code === 'ENOTDIR' || code === 'EACCES')
      throw permanent('InvalidInput', `Cannot write "${file}": ${message}`);
    throw error;
  } finally {
    rmSync(part, { force: true });
  }
}

function writeTo(part: string, pieces: Iterable<Buffer>): number {
  const fd = openSync(part, 'wx', 0o600);
  let bytes = 0;
  let held: Buffer[] = [];
  let length = 0;
  const flush = () => {
    const chunk = Buffer.concat(held);
    for (let at = 0; at < chunk.length;) at += writeSync(fd, chunk, at);
    bytes += chunk.length;
    held = [];
    length = 0;
  };
  try {
    for (const piece of pieces) {
      held.push(piece);
      length += piece.length;
      if (length >= CHUNK) flush();
    }
    flush();
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
  return bytes;
}

function alreadyThere(file: string): Error {
  return permanent('InvalidInput', `Cannot write "${file}": it is already there`);
}
