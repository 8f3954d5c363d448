import { chownSync, copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import type { Owner } from './owner-of.ts';

/** Lends a file of our closed directories to what runs with its owner's rights: a copy that is gone afterwards. Without an owner, the file. */
export async function withCopyFor<Result>(
  owner: Owner | undefined,
  file: string,
  use: (file: string) => Promise<Result>,
): Promise<Result> {
  if (owner === undefined) return use(file);
  const directory = mkdtempSync(join(tmpdir(), 'lent-'));
  try {
    const copy = join(directory, basename(file));
    copyFileSync(file, copy);
    // The file first: in a directory that is his, its name could be a link by now.
    chownSync(copy, owner.uid, owner.gid);
    chownSync(directory, owner.uid, owner.gid);
    return await use(copy);
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}
