import type { BackupId } from '../../../config/backup-id.ts';
import type { Target } from '../../../config/schema/target.ts';
import { Manifest, MOST_BYTES } from '../../artefact/manifest.ts';
import { type Held, retain } from '../../backups/retention/retention.ts';
import { getSmall } from '../fetch/get-object.ts';
import { statusOf } from './bucket-failure.ts';
import { keyOf, listedBackups, MANIFEST } from './listed-backups.ts';
import { lockedUntil } from './object.ts';
import { type Bucket, type Credentials, withBucket } from './open-bucket.ts';

export interface PrunedOffsite {
  readonly id: BackupId;
  readonly state: 'kept' | 'would go' | 'deleted' | 'retained';
  /** Why, for people. */
  readonly reason: string;
}

interface Version {
  readonly key: string;
  readonly version: string;
}

/**
 * Deletes from the bucket what nothing keeps any more, by the rules for those on disk. What its lock still keeps is "retained", and no failure:
 * its lifecycle, or this again, removes it later. The key that sends may not do it: somebody else's is given.
 */
export async function pruneOffsite(
  target: Target,
  { as, now, plan }: { readonly as?: Credentials; readonly now: string; readonly plan: boolean },
): Promise<readonly PrunedOffsite[]> {
  return withBucket(
    target,
    async (bucket) => {
      const held: Held[] = [];
      for (const id of await listedBackups(bucket)) held.push(await heldOf(target, bucket, id));
      const { keep, remove } = retain(held, target.backups, now);
      const done: PrunedOffsite[] = [];
      for (const { id, reason } of remove)
        done.push(plan ? { id, state: 'would go', reason } : await removeOne(bucket, id, reason));
      return [...keep.map(({ id, reason }) => ({ id, state: 'kept' as const, reason })), ...done];
    },
    as,
  );
}

async function heldOf({ name }: Target, bucket: Bucket, id: BackupId): Promise<Held> {
  try {
    const text = await getSmall(bucket, keyOf(bucket, id, MANIFEST), MOST_BYTES);
    const {
      class: kind,
      takenAt,
      target,
      base,
    } = Manifest.parse(JSON.parse(text.toString('utf8')));
    const ours = target === name;
    const needs = base && { base: base.id };
    return { id, state: 'verified', class: kind, takenAt, bytes: 0, ours, ...needs };
  } catch {
    return { id, state: 'damaged manifest', bytes: 0, ours: false };
  }
}

/** The manifest goes first: what is left of the rest is no backup any more. */
async function removeOne(bucket: Bucket, id: BackupId, reason: string): Promise<PrunedOffsite> {
  const { s3, name } = bucket;
  const manifest = keyOf(bucket, id, MANIFEST);
  const all = (await versionsOf(bucket, `${bucket.prefix}${id}/`)).toSorted(
    (a, b) => Number(b.key === manifest) - Number(a.key === manifest),
  );
  for (const { key, version } of all)
    try {
      await s3.deleteObject({ Bucket: name, Key: key, VersionId: version });
    } catch (error) {
      if (statusOf(error) !== 403) throw error;
      return { id, state: 'retained', reason: await untilText(bucket, key, version) };
    }
  return { id, state: 'deleted', reason };
}

async function untilText(bucket: Bucket, key: string, version: string): Promise<string> {
  const until = await lockedUntil(bucket, key, version);
  return until === undefined
    ? 'the bucket refuses to delete it: its lock, or the rights of the key'
    : `the lock of the bucket keeps it until ${until}`;
}

async function versionsOf({ s3, name }: Bucket, prefix: string): Promise<Version[]> {
  const all: Version[] = [];
  let marker: { KeyMarker?: string; VersionIdMarker?: string } = {};
  for (;;) {
    const page = await s3.listObjectVersions({ Bucket: name, Prefix: prefix, ...marker });
    for (const { Key, VersionId } of [...(page.Versions ?? []), ...(page.DeleteMarkers ?? [])])
      if (Key?.startsWith(prefix) && VersionId !== undefined)
        all.push({ key: Key, version: VersionId });
    const { NextKeyMarker: next, NextVersionIdMarker: nextVersion } = page;
    if (!page.IsTruncated || next === undefined) return all;
    marker = {
      KeyMarker: next,
      ...(nextVersion !== undefined && { VersionIdMarker: nextVersion }),
    };
  }
}
