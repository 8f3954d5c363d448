import { randomUUID } from 'node:crypto';
import { mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import type { Target } from '../../../config/schema/target.ts';
import type { Stamp } from '../../../config/time/stamp.ts';
import { ensurePrivate } from '../../../os/files/ensure-private.ts';
import { syncDirectory, writeDurably } from '../../../os/files/durable-files.ts';
import { isThere } from '../../../os/files/file-facts.ts';
import { namesIn } from '../../../os/files/names-in.ts';
import { processTable } from '../../../os/process/process-table.ts';

type Keeping = Pick<Target, 'state'>;

/** Whose a directory is. */
const OWNER = 'run.json';
const Owner = z.object({ run: z.string() });

/**
 * Where a run's evidence lies, or will: `<state>/security/<stamp>`, and, where another run of the same second has that, `<stamp>-2` and so on. No claim
 * gives such runs a second of their own. Only a run that is there already is answered twice.
 */
export function evidencePlace(target: Keeping, run: string, stamp: Stamp): string {
  for (let number = 1; ; number += 1) {
    const place = join(
      target.state,
      'security',
      number === 1 ? stamp : `${stamp}-${String(number)}`,
    );
    if (!isThere(place) || ownerOf(place) === run) return place;
  }
}

/** The same, made when it is not there yet. */
export function ensureEvidencePlace(target: Keeping, run: string, stamp: Stamp): string {
  ensurePrivate(join(target.state, 'security'));
  for (;;) {
    const place = evidencePlace(target, run, stamp);
    if (isThere(place)) return place;
    const part = openPart(target, run, stamp);
    if (rename(part, place)) return place;
    rmSync(part, { recursive: true, force: true });
  }
}

/**
 * A directory of this attempt alone, in which evidence is put together: one that still works after its time is up spoils nothing for the next. What attempts
 * of this run have left that are no more goes. `settle` gives it its name, and answers false when another attempt was quicker.
 */
export function openPart(target: Keeping, run: string, stamp: Stamp): string {
  const parent = join(target.state, 'security');
  ensurePrivate(parent);
  const alive = new Set(processTable().map(({ pid }) => pid));
  for (const name of namesIn(parent)) {
    const pid = /\.part-(\d+)-/.exec(name)?.[1];
    const gone = pid !== undefined && !alive.has(Number(pid));
    if (gone && ownerOf(join(parent, name)) === run)
      rmSync(join(parent, name), { recursive: true, force: true });
  }
  const part = join(parent, `${stamp}.part-${process.pid}-${randomUUID().slice(0, 8)}`);
  mkdirSync(part, { mode: 0o700, recursive: true });
  try {
    writeDurably(join(part, OWNER), `${JSON.stringify({ run })}\n`);
  } catch (error) {
    rmSync(part, { recursive: true, force: true });
    throw error;
  }
  return part;
}

export function settle(part: string, place: string): boolean {
  syncDirectory(part);
  return rename(part, place);
}

function rename(part: string, place: string): boolean {
  try {
    renameSync(part, place);
  } catch (error) {
    if (['ENOTEMPTY', 'EEXIST'].includes((error as NodeJS.ErrnoException).code ?? '')) return false;
    throw error;
  }
  syncDirectory(join(place, '..'));
  return true;
}

function ownerOf(place: string): string | undefined {
  try {
    return Owner.parse(JSON.parse(readFileSync(join(place, OWNER), 'utf8'))).run;
  } catch {
    return undefined;
  }
}
