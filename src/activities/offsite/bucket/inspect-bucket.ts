import { randomUUID } from 'node:crypto';
import { countText } from '../../../config/text/count-text.ts';
import type { Target } from '../../../config/schema/target.ts';
import { inMilliseconds } from '../../../config/time/duration.ts';
import { unfinishedUploads } from '../send/unfinished.ts';
import { statusOf } from './bucket-failure.ts';
import { listedBackups } from './listed-backups.ts';
import { daysOf } from './object.ts';
import { type Bucket, withBucket } from './open-bucket.ts';

export interface BucketFinding {
  readonly well: boolean;
  readonly finding: string;
  /** What to do about it. */
  readonly hint?: string;
}

const DAY = 86_400_000;

/** What a bucket must be so that nobody who takes this host can take its backups, too. Changes nothing. */
export async function inspectBucket(target: Target): Promise<readonly BucketFinding[]> {
  return withBucket(target, async (bucket) => [
    await content(bucket),
    await lock(target, bucket),
    await deletion(bucket),
    ...(await leftovers(bucket)),
  ]);
}

async function content(bucket: Bucket): Promise<BucketFinding> {
  const ids = await listedBackups(bucket);
  const newest = ids[0] === undefined ? '' : `, the newest ${ids[0]}`;
  return { well: true, finding: `${countText(ids.length, 'backup')} in ${bucket.place}${newest}` };
}

async function lock(target: Target, { s3, name }: Bucket): Promise<BucketFinding> {
  const hint = 'docs/offsite.md, "The bucket"';
  let answer;
  try {
    answer = await s3.getObjectLockConfiguration({ Bucket: name });
  } catch (error) {
    if (statusOf(error) === 403)
      return { well: false, finding: 'its lock is not known: the key may not ask', hint };
  }
  const { ObjectLockEnabled, Rule } = answer?.ObjectLockConfiguration ?? {};
  const mode = Rule?.DefaultRetention?.Mode;
  const days = answer && daysOf(answer);
  if (ObjectLockEnabled !== 'Enabled' || mode === undefined || days === undefined)
    return {
      well: false,
      finding:
        'it has no object lock with a default retention: who takes the key of this host can hide its backups behind others',
      hint,
    };
  const wanted = longestKept(target);
  const text = `locked for ${countText(days, 'day')} (${mode})`;
  if (mode !== 'COMPLIANCE')
    return { well: false, finding: `${text}: whoever may bypass it can delete`, hint };
  return days * DAY < wanted
    ? {
        well: false,
        finding: `${text}, and backups here are kept for ${Math.ceil(wanted / DAY)}`,
        hint,
      }
    : { well: true, finding: text };
}

/** Of the classes that go there, in ms. */
function longestKept({ backups }: Target): number {
  const { daily, weekly, other, offsite } = backups;
  const times: Readonly<Record<string, string | undefined>> = {
    daily: daily.keep,
    weekly: weekly?.keep,
    ...other,
  };
  const kept = offsite!.classes.map((name) => times[name]).filter((time) => time !== undefined);
  return Math.max(0, ...kept.map(inMilliseconds));
}

/** Asks to delete a version of an object that never was: a key that may is told nothing else than "done". */
async function deletion({ s3, name, prefix }: Bucket): Promise<BucketFinding> {
  const probe = { Key: `${prefix}never-was-${randomUUID()}`, VersionId: NO_VERSION };
  try {
    await s3.deleteObject({ Bucket: name, ...probe });
  } catch (error) {
    if (statusOf(error) === 403) return { well: true, finding: 'its key may not delete' };
    if (statusOf(error) !== 404 && statusOf(error) !== 400) throw error;
  }
  return {
    well: false,
    finding:
      'its key may delete versions: who takes this host takes its backups, as far as the lock lets them',
    hint: 'take s3:DeleteObject and s3:DeleteObjectVersion from the key (docs/offsite.md, "The key")',
  };
}

const NO_VERSION = '01KB0000000000000000000000';

async function leftovers(bucket: Bucket): Promise<BucketFinding[]> {
  let all;
  try {
    all = await unfinishedUploads(bucket, bucket.prefix);
  } catch (error) {
    if (statusOf(error) !== 403) throw error;
    const finding = 'its key may not list unfinished uploads, so that none is gone on with';
    return [{ well: false, finding, hint: 'docs/offsite.md, "The key"' }];
  }
  const old = all.filter(
    ({ begunAt }) => begunAt !== undefined && Date.now() - Date.parse(begunAt) > DAY,
  );
  if (old.length === 0) return [];
  const finding = `${countText(old.length, 'upload')} unfinished for more than a day, which cost money: ${old[0]!.key}`;
  const hint = 'a lifecycle rule AbortIncompleteMultipartUpload of 7 days ends them';
  return [{ well: false, finding, hint }];
}
