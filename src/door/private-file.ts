import { randomUUID } from 'node:crypto';
import {
  closeSync,
  fchownSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';

/** Writes JSON that only its owner may read: others see the old file or the new one. `owner`: instead of us. */
export function writePrivate(
  file: string,
  content: object,
  owner?: { readonly uid: number; readonly gid: number },
): void {
  const part = `${file}.${randomUUID()}.part`;
  try {
    const fd = openSync(part, 'wx', 0o600);
    try {
      writeFileSync(fd, JSON.stringify(content));
      if (owner) fchownSync(fd, owner.uid, owner.gid);
    } finally {
      closeSync(fd);
    }
    renameSync(part, file);
  } finally {
    rmSync(part, { force: true });
  }
}

/** Undefined: it is not there, or not ours to read. */
export function readPrivate(file: string): unknown {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    if (UNREADABLE.has((error as NodeJS.ErrnoException).code ?? '')) return undefined;
    throw error;
  }
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

const UNREADABLE = new Set(['ENOENT', 'ENOTDIR', 'EACCES']);
