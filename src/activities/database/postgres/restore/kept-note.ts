import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import type { Target } from '../../../../config/schema/target.ts';
import type { Stamp } from '../../../../config/time/stamp.ts';
import { permanent } from '../../../../os/failure.ts';
import { syncDirectory, writeDurably } from '../../../../os/files/durable-files.ts';
import { ensurePrivate } from '../../../../os/files/ensure-private.ts';

/** What was live when a run began to replace it. The server itself has no place for it that a user may write to. */
const KeptNote = z.strictObject({
  /** See `SeenDatabase`. Missing: there was none. */
  live: z.string().max(50).optional(),
  /** Whether it was open to all before. */
  connectable: z.boolean(),
});
type KeptNote = z.infer<typeof KeptNote>;

type Place = Pick<Target, 'state'>;

/** Undefined: this run has kept nothing yet. Error: `StateUnusable`. */
export function readKeptNote(target: Place, stamp: Stamp): KeptNote | undefined {
  const file = fileOf(target, stamp);
  if (!existsSync(file)) return undefined;
  try {
    return KeptNote.parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch (error) {
    throw permanent('StateUnusable', `Cannot read "${file}": ${(error as Error).message}`);
  }
}

export function writeKeptNote(target: Place, stamp: Stamp, note: KeptNote): void {
  const file = fileOf(target, stamp);
  ensurePrivate(target.state);
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  writeDurably(file, JSON.stringify(note));
}

export function removeKeptNote(target: Place, stamp: Stamp): void {
  const file = fileOf(target, stamp);
  if (!existsSync(file)) return;
  rmSync(file, { force: true });
  syncDirectory(dirname(file));
}

function fileOf({ state }: Place, stamp: Stamp): string {
  return join(state, 'replaced', `${stamp}.json`);
}
