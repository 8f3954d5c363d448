import { lstatSync } from 'node:fs';
import { dirname } from 'node:path';
import type { LogFile } from '../../../config/schema/logs.ts';
import { inMebibytes } from '../../../os/files/disk-space.ts';
import { isThere } from '../../../os/files/file-facts.ts';
import { type Held, withHeld } from '../../../os/files/held/with-held.ts';
import { generationsOf } from '../file/generations.ts';
import type { RotationResult } from '../file/rotation-result.ts';
import { isReleased } from './is-released.ts';
import { pack } from './pack.ts';

/** Compresses all rotated files of a log but the newest, which people and programs read first. */
export async function compress(log: LogFile): Promise<RotationResult> {
  if (log.rotate?.compress === false || !isThere(dirname(log.file))) return NOTHING;
  return withHeld((held) => compressHeld(held, log));
}

const NOTHING: RotationResult = { changed: false, note: 'Nothing to compress', remarks: [] };

async function compressHeld(held: Held, log: LogFile): Promise<RotationResult> {
  let [files, before, after] = [0, 0, 0];
  const older = generationsOf(held(log.file)).slice(1);
  for (const { plain } of older) {
    if (plain === undefined || !isReleased(plain)) continue;
    files += 1;
    before += lstatSync(plain).size;
    after += await pack(plain);
  }
  if (files === 0) return NOTHING;
  const note = `${files} compressed, ${inMebibytes(before)} to ${inMebibytes(after)}`;
  return { changed: true, note, remarks: [] };
}
