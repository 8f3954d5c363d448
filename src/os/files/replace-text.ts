import { randomUUID } from 'node:crypto';
import { closeSync, fsyncSync, openSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';

/** Others read the old text or the new, never half of it, and no other file of its name's ending in between. Anybody may read it. */
export function replaceText(file: string, text: string): void {
  const part = join(dirname(file), `.${basename(file)}.${randomUUID()}.part`);
  try {
    const fd = openSync(part, 'wx', 0o644);
    try {
      writeFileSync(fd, text);
      fsyncSync(fd);
    } finally {
      closeSync(fd);
    }
    renameSync(part, file);
  } finally {
    rmSync(part, { force: true });
  }
}
