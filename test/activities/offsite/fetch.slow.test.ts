import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { generateIdentity } from 'age-encryption';
import { describe, expect } from 'vitest';
import { fetchBackups } from '../../../src/activities/offsite/fetch/fetch-backups.ts';
import { send } from '../../../src/activities/offsite/send/send.ts';
import { findBackup } from '../../../src/activities/backups/catalogue/find-backup.ts';
import type { BackupId } from '../../../src/config/backup-id.ts';
import type { SqliteTarget } from '../../../src/config/schema/target.ts';
import { stampOf } from '../../../src/config/time/stamp.ts';
import { hasVersitygw, NEEDS_VERSITYGW } from '../../support/s3/bucket-server.ts';
import { backUpAged, fillWithNoise } from './support/offsite-target.ts';
import { test } from './support/with-bucket.ts';

const RUN = 'send-offsite/test/20260105_020000';

describe.skipIf(!hasVersitygw)(`a new host (${NEEDS_VERSITYGW})`, () => {
  test('gets the newest backup by its keys and its file alone', async ({ target }) => {
    await backUpAged(target, 3);
    const newest = await backUpAged(target, 1);
    const before = filesOf(target, newest);
    await send(target, RUN);
    wipe(target);

    const [fetched] = await fetchAll(target);

    expect(fetched).toMatchObject({ id: newest, changed: true });
    expect(filesOf(target, newest)).toEqual(before);
    expect(findBackup(target, 'latest')).toMatchObject({ id: newest });
  });

  test('goes on where it was cut short, and asks for the rest only', async ({ target }) => {
    fillWithNoise(target.database.file, 3);
    const id = await backUpAged(target, 1);
    await send(target, RUN);
    const { final } = placesOf(target, id);
    const whole = readFileSync(join(final, 'app.db.age'));
    wipe(target);
    mkdirSync(`${final}.fetch`, { recursive: true });
    writeFileSync(join(`${final}.fetch`, 'app.db.age'), whole.subarray(0, 2_000_000));

    const [fetched] = await fetchAll(target);

    expect(fetched!.bytes).toBe(whole.length - 2_000_000);
    expect(readFileSync(join(final, 'app.db.age')).equals(whole)).toBe(true);
  });

  test('begins a file anew whose first part is not what it was', async ({ target }) => {
    const id = await backUpAged(target, 1);
    await send(target, RUN);
    const { final } = placesOf(target, id);
    wipe(target);
    mkdirSync(`${final}.fetch`, { recursive: true });
    writeFileSync(join(`${final}.fetch`, 'app.db.age'), 'of another time');

    await expect(fetchAll(target)).rejects.toMatchObject({ type: 'BackupDamaged' });

    expect((await fetchAll(target))[0]).toMatchObject({ id, changed: true });
  });

  test('passes over a newer one that its key does not open, and says so', async ({
    target,
    directory,
  }) => {
    const ours = await backUpAged(target, 2);
    await send(target, RUN);
    const own = readFileSync(join(directory, 'backups.key'));
    wipe(target);
    // Somebody who took the key of the bucket, and has no age key of ours.
    writeFileSync(join(directory, 'backups.key'), `${await generateIdentity()}\n`);
    mkdirSync(target.backups.directory);
    const planted = await backUpAged(target, 1);
    await send({ ...target, state: join(directory, 'state-of-somebody') }, RUN);
    wipe(target);
    writeFileSync(join(directory, 'backups.key'), own);

    const said: string[] = [];
    const [fetched] = await fetchAll(target, { said });

    expect(fetched!.id).toBe(ours);
    expect(said[0]).toMatch(new RegExp(`^Passed over ${planted}: its "app.db.age" does not open`));
    await expect(fetchAll(target, { id: planted })).rejects.toMatchObject({ type: 'Refused' });
  });

  test('passes over newer ones whose manifests are rubbish or lack their files, and says so', async ({
    target,
    server,
  }) => {
    const ours = await backUpAged(target, 3);
    const torn = await backUpAged(target, 2);
    await send(target, RUN);
    wipe(target);
    const key = (id: string, file: string) => `runbooks/${target.name}/${id}/${file}`;
    const put = (id: string, Body: string) =>
      server.root.putObject({ Bucket: server.bucket, Key: key(id, 'manifest.json'), Body });
    const rubbish = stampOf(new Date(Date.now() - 3_600_000));
    await put(rubbish, 'no manifest');
    await server.root.deleteObject({ Bucket: server.bucket, Key: key(torn, 'app.db.age') });

    const said: string[] = [];
    const [fetched] = await fetchAll(target, { said });

    expect(fetched!.id).toBe(ours);
    expect(said[0]).toMatch(`Passed over ${rubbish}: Cannot read the manifest of backup`);
    expect(said[1]).toMatch(`Passed over ${torn}: Cannot find "s3://`);
    expect(readdirSync(target.backups.directory).filter((name) => /fetch/.test(name))).toEqual([]);
    await expect(fetchAll(target, { id: rubbish })).rejects.toMatchObject({
      type: 'BackupDamaged',
    });
  });

  test('is kept from its backup by no number of others that somebody has put there', async ({
    target,
    server,
  }) => {
    const ours = await backUpAged(target, 2);
    await send(target, RUN);
    wipe(target);
    const MINUTE = 60_000;
    const planted = Array.from({ length: 50 }, (_, minute) =>
      [Date.now() - (minute + 1) * MINUTE, Date.parse('2099-01-01') + minute * MINUTE].map((time) =>
        stampOf(new Date(time)),
      ),
    ).flat();
    await Promise.all(
      planted.map((id) =>
        server.root.putObject({
          Bucket: server.bucket,
          Key: `runbooks/${target.name}/${id}/manifest.json`,
          Body: '{}',
        }),
      ),
    );

    const said: string[] = [];
    const [fetched] = await fetchAll(target, { said });

    expect(fetched!.id).toBe(ours);
    expect(said[0]).toBe(
      'Passed over 50 backups dated ahead of this clock, 20990101_004900 the last of them',
    );
    expect(said[1]).toMatch(/^Passed over .* off-site: .*Invalid/);
    expect(said.join()).not.toContain('"code"');
  });

  test('believes a known signer only, where the target names signers', async ({ target }) => {
    await backUpAged(target, 1);
    await send(target, RUN);
    wipe(target);
    const trust = { demand: ['signature' as const, 'encryption' as const], signers: [] };
    writeFirstUse(target);

    const fetching = fetchAll({ ...target, backups: { ...target.backups, trust } });

    await expect(fetching).rejects.toMatchObject({ type: 'BackupNotFound' });
  });

  test('takes nothing whose bytes were changed in the bucket', async ({ target, server }) => {
    fillWithNoise(target.database.file, 2);
    const id = await backUpAged(target, 1);
    await send(target, RUN);
    const { final } = placesOf(target, id);
    const bytes = readFileSync(join(final, 'app.db.age'));
    bytes[bytes.length - 100]! ^= 1;
    wipe(target);
    const Key = `runbooks/${target.name}/${id}/app.db.age`;
    await server.root.putObject({ Bucket: server.bucket, Key, Body: bytes });

    await expect(fetchAll(target)).rejects.toMatchObject({
      type: 'BackupDamaged',
      message: expect.stringContaining('is not what its manifest says'),
    });
  });

  test('says what there is when a backup is asked for that is not there', async ({ target }) => {
    const id = await backUpAged(target, 1);
    await send(target, RUN);

    await expect(fetchAll(target, { id: '20200101_000000' })).rejects.toMatchObject({
      type: 'BackupNotFound',
      message: expect.stringContaining(`there are ${id}`),
    });
  });

  function placesOf({ backups }: SqliteTarget, id: BackupId) {
    return { final: join(backups.directory, id) };
  }

  /** All but the keys: the disk is new. */
  function wipe(target: SqliteTarget): void {
    for (const path of [target.backups.directory, target.state])
      rmSync(path, { recursive: true, force: true });
  }

  /** As if this host had signed backups of its own before. */
  function writeFirstUse(target: SqliteTarget): void {
    const keys = join(target.state, 'keys');
    mkdirSync(keys, { recursive: true });
    const place = target.backups.directory;
    const name = createHash('sha256').update(place).digest('hex').slice(0, 32);
    const found = { at: new Date().toISOString(), place, manifests: {} };
    writeFileSync(join(keys, `backups-before-${name}.json`), JSON.stringify(found));
  }

  function filesOf(target: SqliteTarget, id: BackupId): Record<string, string> {
    const { final } = placesOf(target, id);
    return Object.fromEntries(
      ['app.db.age', 'manifest.json', 'manifest.json.sig'].map((name) => [
        name,
        createHash('sha256')
          .update(readFileSync(join(final, name)))
          .digest('hex'),
      ]),
    );
  }

  function fetchAll(
    target: SqliteTarget,
    { said = [] as string[], id = undefined as BackupId | undefined } = {},
  ) {
    return fetchBackups(target, {
      id,
      onProgress: (line) => said.push(line),
      place: async (_, work) => work(),
    });
  }
});
