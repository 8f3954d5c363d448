import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect } from 'vitest';
import { authorsOf } from '../../../src/activities/backups/author/authors.ts';
import { writeTrusted } from '../../../src/activities/backups/author/trusted.ts';
import { backupPaths } from '../../../src/activities/backups/catalogue/backup-store.ts';
import { catalogueOf } from '../../../src/activities/backups/catalogue/catalogue.ts';
import { planPrune } from '../../../src/activities/backups/retention/prune.ts';
import { fileActivities } from '../../../src/activities/files/files-activities.ts';
import type { SqliteTarget } from '../../../src/config/schema/target.ts';
import { ensureSigningKey } from '../../../src/os/sign/signing-key.ts';
import { sha256Of } from '../../../src/os/files/sha256.ts';
import { test } from '../../support/target.ts';
import { withKey } from '../artefact/age-key.ts';
import { backUp, refusal } from '../database/support/fixtures.ts';
import { BACKUP, play, STAMP, systemsOf } from '../database/support/scenarios.ts';
import { FORGED, forge } from './support/forge.ts';
import { writeUnsigned } from './support/write-manifest.ts';

describe('a backup that somebody forged', () => {
  test('is never meant by "latest", nor counted by retention, where backups are encrypted', async ({
    target,
  }) => {
    const encrypted = await withKey(target);
    await backUp(encrypted);
    await forge(encrypted);
    const { backups } = systemsOf(encrypted);

    const latest = await backups.find('latest');
    const named = await backups.find(FORGED);
    const [entry] = catalogueOf(encrypted).backups;
    const [place] = await planPrune(encrypted, '2027-12-01T00:00:00.000Z');

    expect(latest).toMatchObject({ id: BACKUP });
    expect(latest.passedOver).toContain(`${FORGED} is newer, and not taken, being untrusted`);
    expect(named).toMatchObject({
      rows: 3,
      untrusted: 'it is not encrypted, and nobody has signed it',
    });
    expect(entry).toMatchObject({ id: FORGED, state: 'untrusted' });
    expect(place!.keep.find(({ id }) => id === FORGED)?.reason).toMatch(/^untrusted: /);
    // The control: all that is different is whose word it is.
    answerFor(encrypted, FORGED);
    expect(await backups.find('latest')).toMatchObject({ id: FORGED, rows: 3 });
  });

  test('is not restored from the second disk in place of a genuine one', async ({ target }) => {
    const copy = join(target.directory, 'second');
    mkdirSync(copy);
    const doubled = { ...(await withKey(target)), backups: { ...target.backups, copy } };
    const encrypted = await withKey(doubled);
    await play(encrypted, 'backUpAll');
    await forge(encrypted, STAMP, copy);

    const { file, others = [] } = await systemsOf(encrypted).backups.find('latest');

    expect([file, ...others].map((one) => one.startsWith(copy))).toEqual([false]);
    rmSync(backupPaths(target.backups.directory, STAMP).final, { recursive: true });
    expect(await refusal(systemsOf(encrypted).backups.find('latest'))).toMatchObject({
      type: 'BackupNotFound',
    });
  });

  test('is as good as any where the target demands nothing', async ({ target }) => {
    await backUp(target);
    await forge(target);

    expect(await systemsOf(target).backups.find('latest')).toMatchObject({ id: FORGED });
  });
});

describe('the signature of a backup', () => {
  test('is checked by ssh-keygen alone, and finds a byte that was changed', async ({ target }) => {
    const encrypted = await withKey(target);
    await backUp(encrypted);
    const { final, manifest } = backupPaths(target.backups.directory, BACKUP);
    const { keys } = authorsOf(encrypted);
    const { publicKey } = ensureSigningKey(keys);
    const signers = join(target.directory, 'signers');
    writeFileSync(signers, `shop ${publicKey}\n`);
    const text = readFileSync(manifest, 'utf8');

    expect(verify(text)).toContain('Good "backup@durable-runbooks" signature for shop');
    expect(() => verify(text.replace('"rows"', '"r0ws"').replace('"daily"', '"weekly"'))).toThrow(
      'Command failed',
    );
    writeFileSync(manifest, text.replace('"class": "daily"', '"class": "weekly"'));
    const [entry] = catalogueOf(encrypted).backups;
    expect(entry).toMatchObject({
      state: 'untrusted',
      note: 'Its manifest is not the one that was signed',
    });

    function verify(content: string): string {
      const signature = join(final, 'manifest.json.sig');
      const purpose = ['-I', 'shop', '-n', 'backup@durable-runbooks', '-s', signature];
      return execFileSync('ssh-keygen', ['-Y', 'verify', '-f', signers, ...purpose], {
        input: content,
        encoding: 'utf8',
        stdio: ['pipe', 'pipe', 'pipe'],
      });
    }
  });

  test('of another host counts when the target names its key, and is a stranger otherwise', async ({
    target,
  }) => {
    const encrypted = await withKey(target);
    await backUp(encrypted);
    const { publicKey } = ensureSigningKey(authorsOf(encrypted).keys);
    const elsewhere = { ...encrypted, state: join(target.directory, 'other-state') };
    // The other host has signed one of its own already.
    await backUp(elsewhere, { stamp: '20260106_000000', kind: 'weekly' });
    rmSync(join(authorsOf(elsewhere).keys), { recursive: true });
    mkdirSync(elsewhere.state, { recursive: true });
    await backUp({ ...elsewhere, backups: { ...target.backups } }, { stamp: '20260107_000000' });
    const trust = { ...encrypted.backups.trust, signers: [`${publicKey} the first host`] };
    const naming = { ...elsewhere, backups: { ...encrypted.backups, trust } };

    const stranger = entryOf(elsewhere, BACKUP);
    const known = entryOf(naming, BACKUP);

    expect(stranger.note).toMatch(/^It is signed by SHA256:\S+, which this target does not know$/);
    expect(known).toMatchObject({ state: 'verified', author: 'signed by the first host' });
  });

  test('locks nobody out of the encrypted backups from before there was one, and does for those of another key', async ({
    target,
  }) => {
    const encrypted = await withKey(target);
    const other = await withKey(target, 'other.key');
    await backUp(encrypted);
    await backUp(other, { stamp: '20260106_000000' });
    for (const id of [BACKUP, '20260106_000000'])
      rmSync(join(target.backups.directory, id, 'manifest.json.sig'));
    rmSync(authorsOf(target).keys, { recursive: true });

    const before = catalogueOf(encrypted).backups.map(({ state }) => state);
    await backUp(encrypted, { stamp: '20260107_000000' });
    const after = catalogueOf(encrypted).backups.map(({ id, state, author }) => [
      id,
      state,
      author,
    ]);

    expect(before).toEqual(['verified', 'verified']);
    expect(after.toReversed()).toEqual([
      [BACKUP, 'verified', 'here before signing began, and encrypted with our key'],
      ['20260106_000000', 'untrusted', undefined],
      ['20260107_000000', 'verified', 'signed by this host'],
    ]);
    // What comes to the disk afterwards was not here.
    renameSync(
      join(target.backups.directory, BACKUP),
      join(target.backups.directory, '20260108_000000'),
    );
    const { manifest } = backupPaths(target.backups.directory, '20260108_000000');
    const text = JSON.parse(readFileSync(manifest, 'utf8')) as object;
    writeUnsigned(manifest, { ...text, id: '20260108_000000' });
    expect(entryOf(encrypted, '20260108_000000')).toMatchObject({ state: 'untrusted' });
  });
});

describe('the manifest of an encrypted backup', () => {
  test('tells nothing of what is in a file, nor its name, and its files are restored all the same', async ({
    target,
  }) => {
    writeFileSync(join(target.directory, '.env'), 'PIN=1234\n');
    const daily = { ...target.backups.daily, files: ['.env'] };
    const encrypted = await withKey({ ...target, backups: { ...target.backups, daily } });
    await backUp(encrypted, { files: true });
    const { manifest } = backupPaths(target.backups.directory, BACKUP);
    const hash = sha256Of(join(target.directory, '.env'));
    rmSync(join(target.directory, '.env'));

    const text = readFileSync(manifest, 'utf8');
    const files = fileActivities(encrypted, 'a run');
    const found = await files.find(BACKUP, ['configuration']);
    await files.stage({ files: found.files, secrets: 'restore' }, STAMP);
    await files.keep(STAMP);
    await files.place(STAMP);

    expect(text).not.toContain(hash);
    expect(text).not.toContain('.env');
    expect(sha256Of(join(target.directory, '.env'))).toBe(hash);
    expect(statSync(join(authorsOf(encrypted).keys, 'signing-key.pem')).mode & 0o777).toBe(0o600);
    // The control: in the clear it tells both.
    const plain = { ...target, backups: { ...target.backups, daily } };
    await backUp(plain, { stamp: '20260106_000000', files: true });
    const clear = backupPaths(target.backups.directory, '20260106_000000').manifest;
    expect(readFileSync(clear, 'utf8')).toContain(hash);
  });
});

function answerFor(target: SqliteTarget, id: string): void {
  const { final, manifest } = backupPaths(target.backups.directory, id);
  const trusted = { id, sha256: sha256Of(manifest), by: 'ana', because: 'a test' };
  writeTrusted(final, { ...trusted, at: new Date().toISOString() }, authorsOf(target).keys);
}

function entryOf(target: SqliteTarget, id: string) {
  return catalogueOf(target).backups.find((entry) => entry.id === id)!;
}
