import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect } from 'vitest';
import { inspectBucket } from '../../../src/activities/offsite/bucket/inspect-bucket.ts';
import { pruneOffsite } from '../../../src/activities/offsite/bucket/prune-offsite.ts';
import { send } from '../../../src/activities/offsite/send/send.ts';
import { readOffsiteRecords } from '../../../src/activities/backups/offsite/offsite-records.ts';
import { CLEANER, hasVersitygw, NEEDS_VERSITYGW, SENDER } from '../../support/s3/bucket-server.ts';
import { backUpAged } from './support/offsite-target.ts';
import { test } from './support/with-bucket.ts';

/** When the first of three daily backups is past its time. */
const later = new Date(Date.now() + 40 * 86_400_000).toISOString();

const RUN = 'send-offsite/test/20260105_020000';

describe.skipIf(!hasVersitygw)(`a bucket (${NEEDS_VERSITYGW})`, () => {
  test('that is locked, by a key that cannot delete, is well but for how long', async ({
    target,
  }) => {
    await backUpAged(target, 1);
    await send(target, RUN);

    const findings = await inspectBucket(target);

    expect(findings.map(({ well, finding }) => [well, finding])).toEqual([
      [true, expect.stringMatching(/^1 backup in s3:\/\/off-site\/runbooks\/.*, the newest 20/)],
      [false, 'locked for 1 day (COMPLIANCE), and backups here are kept for 90'],
      [true, 'its key may not delete'],
    ]);
  });

  test('whose key can delete is told, and nothing is deleted by asking', async ({
    target,
    directory,
    server,
  }) => {
    await backUpAged(target, 1);
    await send(target, RUN);
    writeFileSync(join(directory, 'access'), CLEANER.accessKeyId);
    writeFileSync(join(directory, 'secret'), CLEANER.secretAccessKey);

    const findings = await inspectBucket(target);

    expect(findings.map(({ finding }) => finding)).toContainEqual(
      expect.stringContaining('its key may delete versions'),
    );
    const { Versions, DeleteMarkers } = await server.root.listObjectVersions({
      Bucket: server.bucket,
    });
    expect(Versions).toHaveLength(3);
    expect(DeleteMarkers ?? []).toEqual([]);
  });

  test('keeps a locked backup from everybody, and that is told and no failure', async ({
    target,
    server,
  }) => {
    const old = await backUpAged(target, 100);
    await backUpAged(target, 2);
    await backUpAged(target, 1);
    await send(target, RUN);

    const planned = await pruneOffsite(target, { now: later, plan: true });
    const pruned = await pruneOffsite(target, { as: CLEANER, now: later, plan: false });

    expect(planned.map(({ state }) => state)).toEqual(['kept', 'kept', 'would go']);
    expect(pruned.at(-1)).toEqual({
      id: old,
      state: 'retained',
      reason: expect.stringMatching(/^the lock of the bucket keeps it until 20/),
    });
    const { Contents = [] } = await server.root.listObjectsV2({ Bucket: server.bucket });
    expect(Contents.filter(({ Key }) => Key!.includes(old))).toHaveLength(3);
  });

  test('lets nobody delete by the key that sends', async ({ target }) => {
    const old = await backUpAged(target, 100);
    await backUpAged(target, 2);
    await backUpAged(target, 1);
    await send(target, RUN);

    const pruning = pruneOffsite(target, { as: SENDER, now: later, plan: false });

    await expect(pruning).rejects.toMatchObject({ type: 'OffsiteRefused' });
    expect(readOffsiteRecords(target).map(({ id }) => id)).toContain(old);
  });

  describe('without a lock', () => {
    test.override({ lock: 0 });

    test('loses what nothing keeps, all versions of it, and it is not sent again', async ({
      target,
      server,
    }) => {
      const old = await backUpAged(target, 100);
      await backUpAged(target, 2);
      await backUpAged(target, 1);
      await send(target, RUN);

      const pruned = await pruneOffsite(target, { as: CLEANER, now: later, plan: false });
      const again = await send(target, RUN);

      expect(pruned.at(-1)).toMatchObject({ id: old, state: 'deleted' });
      expect(again.backups).toEqual([]);
      const gone = readOffsiteRecords(target).find(({ id }) => id === old);
      expect(gone?.goneAt).toBeDefined();
      const { Contents = [] } = await server.root.listObjectsV2({ Bucket: server.bucket });
      expect(Contents.filter(({ Key }) => Key!.includes(old))).toEqual([]);
    });

    test('is said to be without one', async ({ target }) => {
      const findings = await inspectBucket(target);

      expect(findings[1]).toMatchObject({
        well: false,
        finding: expect.stringContaining('no object lock'),
      });
    });

    test('gets its newest backups again when somebody took them away', async ({
      target,
      server,
    }) => {
      const newest = await backUpAged(target, 1);
      await send(target, RUN);
      const { Versions = [] } = await server.root.listObjectVersions({ Bucket: server.bucket });
      for (const { Key, VersionId } of Versions)
        await server.root.deleteObject({ Bucket: server.bucket, Key: Key!, VersionId: VersionId! });

      expect((await send(target, RUN)).backups).toEqual([newest]);
      expect(readOffsiteRecords(target)[0]!.goneAt).toBeUndefined();
    });
  });
});
