import { statSync } from 'node:fs';
import type { LogFile } from '../../../config/schema/logs.ts';
import { inMebibytes } from '../../../os/files/disk-space.ts';
import { liveFile } from '../../../os/files/live-file.ts';
import { generationsOf } from '../file/generations.ts';
import type { RotationResult } from '../file/rotation-result.ts';
import { isReleased } from './is-released.ts';
import { pack } from './pack.ts';

/** Compresses all rotated files of a log but the newest, which people and programs read first. */
export async function compress(log: LogFile): Promise<RotationResult> {
  let [files, before, after] = [0, 0, 0];
  const older = log.rotate?.compress === false ? [] : generationsOf(liveFile(log.file)).slice(1);
  for (const { plain } of older) {
    if (plain === undefined || !isReleased(plain)) continue;
    files += 1;
    before += statSync(plain).size;
    after += await pack(plain);
  }
  if (files === 0) return { changed: false, note: 'Nothing to compress', remarks: [] };
  const note = `${files} compressed, ${inMebibytes(before)} to ${inMebibytes(after)}`;
  return { changed: true, note, remarks: [] };
}
