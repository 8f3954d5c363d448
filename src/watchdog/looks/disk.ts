import { statfs } from 'node:fs/promises';
import { dirname } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { inMebibytes } from '../../os/files/disk-space.ts';
import type { Finding } from './finding.ts';

/** In ms. One that hangs does not answer at all. */
const WITHIN = 5000;

/** Places that have not answered: no second question follows the first, each of which would keep a thread. */
const asked = new Set<string>();

/** Whether `below` bytes are free, for us, on the disks of all `places`. A place that is not there yet has its directory's. */
export async function lookAtDisks(places: readonly string[], below: number): Promise<Finding> {
  const subject = 'disk';
  const found = await Promise.all([...new Set(places)].map((place) => freeIn(place)));
  const silent = found.filter(({ free }) => free === undefined).map(({ place }) => `"${place}"`);
  if (silent.length > 0)
    return { subject, state: 'unknown', text: `The disk does not answer: ${silent.join(', ')}` };
  const full = found.filter(({ free }) => free! < below);
  if (full.length === 0)
    return { subject, state: 'ok', text: 'there is space for state and history' };
  const texts = full.map(({ place, free }) => `${inMebibytes(free!)} free in "${place}"`);
  const text = `Too little disk space: ${texts.join(', ')}`;
  return { subject, state: 'wrong', text, hint: 'df -h, and runbook backups list' };
}

interface Free {
  readonly place: string;
  readonly free: number | undefined;
}

async function freeIn(place: string): Promise<Free> {
  if (asked.has(place)) return { place, free: undefined };
  asked.add(place);
  const answer = statfs(place).then(
    ({ bavail, bsize }) => bavail * bsize,
    (error: NodeJS.ErrnoException) => (error.code === 'ENOENT' ? 'missing' : undefined),
  );
  void answer.finally(() => asked.delete(place));
  const free = await Promise.race([answer, setTimeout(WITHIN, undefined, { ref: false })]);
  if (free !== 'missing') return { place, free };
  const above = dirname(place);
  return above === place ? { place, free: undefined } : freeIn(above);
}
