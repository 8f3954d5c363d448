import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect } from 'vitest';
import { send } from '../../../src/activities/offsite/send/send.ts';
import { withBucket } from '../../../src/activities/offsite/bucket/open-bucket.ts';
import { unfinishedUploads } from '../../../src/activities/offsite/send/unfinished.ts';
import type { SqliteTarget } from '../../../src/config/schema/target.ts';
import { readOffsiteRecords } from '../../../src/activities/backups/offsite/offsite-records.ts';
import { hasVersitygw, NEEDS_VERSITYGW } from '../../support/s3/bucket-server.ts';
import { flipBit } from '../backups/support/flip-bit.ts';
import { backUpAged, fillWithNoise } from './support/offsite-target.ts';
import { startRelay } from './support/relay.ts';
import { test } from './support/with-bucket.ts';

const RUN = 'send-offsite/test/20260105_020000';
const PARTS = 6;
const part = '5MB';

describe.skipIf(!hasVersitygw)(`offsite.send (${NEEDS_VERSITYGW})`, () => {
  test('brings every verified backup, its manifest last, and nothing twice', async ({
    target,
    server,
  }) => {
    const older = await backUpAged(target, 3);
    const newer = await backUpAged(target, 1);

    const first = await send(target, RUN);
    const again = await send(target, RUN);

    expect(first.backups).toEqual([newer, older]);
    expect(again).toMatchObject({ backups: [], bytes: 0, changed: false });
    const { Contents = [] } = await server.root.listObjectsV2({ Bucket: server.bucket });
    const ofNewer = Contents.filter(({ Key }) => Key!.includes(newer)).map(({ Key }) =>
      Key!.slice(`runbooks/${target.name}/${newer}/`.length),
    );
    expect(ofNewer.toSorted()).toEqual(['app.db.age', 'manifest.json', 'manifest.json.sig']);
    expect(readOffsiteRecords(target)).toMatchObject([{ id: newer }, { id: older }]);
    expect(readOffsiteRecords(target)[0]!.lockedUntil).toMatch(/^20/);
  });

  test('goes on in part 3 of 6 after kill -9, and sends only the rest', async ({
    target,
    directory,
    server,
  }) => {
    fillWithNoise(target.database.file, 27);
    const id = await backUpAged(target, 1);
    let child: ReturnType<typeof spawn> | undefined;
    const deadly = await startRelay(server.endpoint, {
      onPart: (number, bytes) => {
        if (number < 3) return bytes;
        child?.kill('SIGKILL');
        return undefined;
      },
    });
    child = sendElsewhere(through(target, deadly.endpoint), directory);
    await once(child, 'exit');
    await deadly.stop();
    expect(child.signalCode).toBe('SIGKILL');
    expect(readOffsiteRecords(target)).toEqual([]);

    const relay = await startRelay(server.endpoint);
    const sent = await send(through(target, relay.endpoint), RUN);
    await relay.stop();

    expect(deadly.parts).toEqual([1, 2]);
    expect(relay.parts).toEqual([3, 4, 5, 6]);
    expect(relay.parts.at(-1)).toBe(PARTS);
    expect(sent.backups).toEqual([id]);
    const [record] = readOffsiteRecords(target);
    expect(record!.files[0]!.checksum).toMatch(/^[\w+/]{43}=-6$/);
  });

  test('takes no part that was changed on the way for what was sent', async ({
    target,
    server,
  }) => {
    fillWithNoise(target.database.file, 12);
    await backUpAged(target, 1);
    const relay = await startRelay(server.endpoint, {
      onPart: (number, bytes) => {
        if (number === 2) bytes[1_000_000]! ^= 1;
        return bytes;
      },
    });

    const failing = send(through(target, relay.endpoint), RUN);

    await expect(failing).rejects.toMatchObject({
      type: 'OffsiteDiffers',
      nonRetryable: false,
      message: expect.stringContaining('is not what was sent'),
    });
    await relay.stop();
    const { KeyCount } = await server.root.listObjectsV2({ Bucket: server.bucket });
    expect(KeyCount).toBe(0);
    await send(target, RUN);
    expect(readOffsiteRecords(target)).toHaveLength(1);
  });

  test('completes nothing of a file that has rotted here', async ({ target, server }) => {
    fillWithNoise(target.database.file, 12);
    const id = await backUpAged(target, 1);
    flipBit(join(target.backups.directory, id, 'app.db.age'));

    await expect(send(target, RUN)).rejects.toMatchObject({ type: 'BackupDamaged' });

    const { KeyCount } = await server.root.listObjectsV2({ Bucket: server.bucket });
    expect(KeyCount).toBe(0);
    const left = await withBucket(target, (bucket) => unfinishedUploads(bucket, bucket.prefix));
    expect(left).toEqual([]);
  });

  test('overwrites nothing: a manifest is put twice by nobody', async ({ target, server }) => {
    const id = await backUpAged(target, 1);
    const key = `runbooks/${target.name}/${id}/manifest.json`;
    await server.root.putObject({ Bucket: server.bucket, Key: key, Body: 'of somebody else' });

    // Whole by its name: what is not known of it is looked at.
    await expect(send(target, RUN)).rejects.toMatchObject({
      type: 'OffsiteDiffers',
      message: expect.stringContaining('Nothing there is overwritten'),
    });

    const { Body } = await server.root.getObject({ Bucket: server.bucket, Key: key });
    expect(await Body!.transformToString()).toBe('of somebody else');
    expect(readOffsiteRecords(target)).toEqual([]);
  });

  test('says which bucket refuses, and no secret', async ({ target, directory }) => {
    writeFileSync(join(directory, 'secret'), 'of-another-time');
    await backUpAged(target, 1);

    const error = await send(target, RUN).catch((reason: Error) => reason);

    expect(error).toMatchObject({ type: 'OffsiteRefused', nonRetryable: true });
    expect((error as Error).message).toContain('"s3://off-site" refuses its key');
    expect(JSON.stringify(error)).not.toContain('of-another-time');
  });

  test('tries again when nobody answers', async ({ target }) => {
    await backUpAged(target, 1);

    await expect(send(through(target, 'http://127.0.0.1:9'), RUN)).rejects.toMatchObject({
      type: 'OffsiteUnreachable',
      nonRetryable: false,
    });
  });

  test('leaves out what is not encrypted, and what nobody has signed', async ({ target }) => {
    const { encryption: _, offsite: __, ...plain } = target.backups;
    await backUpAged({ ...target, backups: plain }, 1);
    const unsigned = await backUpAged(target, 2);
    rmSync(join(target.backups.directory, unsigned, 'manifest.json.sig'));

    expect(await send(target, RUN)).toMatchObject({ backups: [] });
  });

  function through(target: SqliteTarget, endpoint: string): SqliteTarget {
    const offsite = { ...target.backups.offsite!, endpoint, part };
    return { ...target, backups: { ...target.backups, offsite } };
  }

  function sendElsewhere(target: SqliteTarget, cwd: string) {
    const program = join(import.meta.dirname, 'support/send.ts');
    return spawn(process.execPath, [program, JSON.stringify(target)], { cwd, stdio: 'ignore' });
  }
});
