import {
  closeSync,
  existsSync,
  fsyncSync,
  openSync,
  readFileSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import type { Target } from '../../../config/schema/target.ts';
import { Stamp } from '../../../config/time/stamp.ts';
import { syncDirectory, writeDurably } from '../../../os/files/durable-files.ts';
import { ensurePrivate } from '../../../os/files/ensure-private.ts';
import { permanent } from '../../../os/failure.ts';

/** Both values of a secret, from the moment that the new one is made until it is proven and the old one is over. */
export const Kept = z.strictObject({
  name: z.string(),
  old: z.string(),
  new: z.string(),
  /** `proven`: the new one was accepted by a login, so that there is no way but forward. */
  phase: z.enum(['made', 'proven']),
});
export type Kept = z.infer<typeof Kept>;

/** Undefined: this run keeps none, or no more. */
export function readKept(target: Pick<Target, 'state'>, stamp: Stamp): Kept | undefined {
  const file = fileOf(target, stamp);
  if (!existsSync(file)) return undefined;
  try {
    return Kept.parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch {
    // The parser's own message would quote it.
    throw permanent(
      'StateUnusable',
      `Cannot read what run ${stamp} has kept of a secret: "${file}"`,
    );
  }
}

/** Error: `SecretMissing`. */
export function expectKept(target: Pick<Target, 'state'>, stamp: Stamp): Kept {
  const kept = readKept(target, stamp);
  if (kept) return kept;
  throw permanent('SecretMissing', `Run ${stamp} keeps no secret any more in "${target.state}"`);
}

/** Only its owner may read it: `writeDurably` makes files so, and the directory is closed, too. */
export function keep(target: Pick<Target, 'state'>, stamp: Stamp, kept: Kept): void {
  const file = fileOf(target, stamp);
  ensurePrivate(dirname(file));
  writeDurably(file, JSON.stringify(Kept.parse(kept)));
}

/**
 * Overwrites what was kept, and removes it. A file system that copies on write, or a disk that moves its sectors, may keep the bytes of before: what
 * is over must be refused, and not only forgotten.
 */
export function destroy(target: Pick<Target, 'state'>, stamp: Stamp): boolean {
  const file = fileOf(target, stamp);
  const part = `${file}.part`;
  const found = [file, part].filter((one) => existsSync(one));
  for (const one of found) {
    const fd = openSync(one, 'r+');
    try {
      writeSync(fd, Buffer.alloc(statSync(one).size));
      fsyncSync(fd);
    } finally {
      closeSync(fd);
    }
    rmSync(one);
  }
  if (found.length > 0) syncDirectory(dirname(file));
  return found.length > 0;
}

function fileOf({ state }: Pick<Target, 'state'>, stamp: Stamp): string {
  return join(state, 'secrets', `${Stamp.parse(stamp)}.json`);
}
