import { randomUUID } from 'node:crypto';
import { linkSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import type { Target } from '../../../config/schema/target.ts';
import { ensurePrivate } from '../../../os/files/ensure-private.ts';
import { hasNoLinks } from '../../../os/files/file-facts.ts';
import { syncDirectory, writeDurably } from '../../../os/files/durable-files.ts';

const text = z.string().min(1).max(1000);

/** One namespace of one Temporal server: there are the runs and the schedules of a target. */
const TemporalIdentity = z.object({
  /** Made with the namespace, at random: it stays with its data wherever that is moved. */
  namespaceId: text,
  namespace: text,
  address: text,
  /** Of a server of our own: the path of its data. */
  dataFile: text.optional(),
});
export type TemporalIdentity = Readonly<z.infer<typeof TemporalIdentity>>;

/** `temporal.json`. ISO 8601, UTC: since when. */
const TemporalOfTarget = TemporalIdentity.extend({ since: z.iso.datetime() });
export type TemporalOfTarget = Readonly<z.infer<typeof TemporalOfTarget>>;

type Place = Pick<Target, 'state'>;

/** Missing: no worker has served the target since there is such a file, or what is there is damaged. The next worker writes it anew. */
export function temporalOfTarget(target: Place): TemporalOfTarget | undefined {
  try {
    return TemporalOfTarget.parse(JSON.parse(readFileSync(fileOf(target), 'utf8')));
  } catch {
    return undefined;
  }
}

export function keepTemporalOfTarget(
  target: Place,
  temporal: TemporalIdentity,
  now = new Date(),
): void {
  ensurePrivate(target.state);
  writeDurably(fileOf(target), textOf(temporal, now));
}

/** The same where there is none yet: of several at the same moment one is first, by its name's link. Answers whether it was this one. */
export function keepFirstTemporal(
  target: Place,
  temporal: TemporalIdentity,
  now = new Date(),
): boolean {
  ensurePrivate(target.state);
  const own = `${fileOf(target)}.${randomUUID()}`;
  try {
    writeDurably(own, textOf(temporal, now));
    linkSync(own, fileOf(target));
    syncDirectory(target.state);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST' || hasNoLinks(error)) return false;
    throw error;
  } finally {
    rmSync(own, { force: true });
  }
}

/** Takes back what `keepFirstTemporal` has kept. */
export function forgetTemporal(target: Place, { namespaceId }: TemporalIdentity): void {
  if (temporalOfTarget(target)?.namespaceId === namespaceId) rmSync(fileOf(target));
}

function fileOf({ state }: Place): string {
  return join(state, 'temporal.json');
}

function textOf(temporal: TemporalIdentity, now: Date): string {
  const kept: TemporalOfTarget = { ...temporal, since: now.toISOString() };
  return `${JSON.stringify(kept)}\n`;
}

/**
 * The other Temporal that has the target's runs and schedules. Missing: none. A server that begins anew, because its data were lost, is no
 * other one: it is known by the path of its data, or by its address when it is none of ours.
 */
export function otherTemporal(target: Place, here: TemporalIdentity): TemporalOfTarget | undefined {
  const known = temporalOfTarget(target);
  return known && known.namespaceId !== here.namespaceId && !isAnew(known, here)
    ? known
    : undefined;
}

function isAnew(before: TemporalIdentity, now: TemporalIdentity): boolean {
  if (before.namespace !== now.namespace) return false;
  if (before.dataFile !== undefined || now.dataFile !== undefined)
    return before.dataFile === now.dataFile;
  return before.address === now.address;
}
