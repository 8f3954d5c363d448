import { execFileSync, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Decrypter, Encrypter, generateIdentity, identityToRecipient } from 'age-encryption';
import { describe, expect } from 'vitest';
import { decrypted, encrypted } from '../../../src/activities/artefact/age.ts';
import {
  openDigest,
  readArtefact,
  writeArtefact,
} from '../../../src/activities/artefact/artefact.ts';
import { PIECE } from '../../../src/activities/artefact/bytes.ts';
import { type Key, readKey } from '../../../src/activities/artefact/key.ts';
import type { Stored } from '../../../src/activities/artefact/manifest.ts';
import { test } from '../../support/target.ts';
import { FORMATS, withFormat, withKey } from './age-key.ts';

const CHUNK = 64 * 1024;
const zstd = spawnSync('zstd', ['--version']).status === 0;

/** Lengths around every edge of both formats. */
const LENGTHS = [0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 3 * CHUNK, PIECE, PIECE + 1, 2 * PIECE];

describe('an artefact', () => {
  for (const format of FORMATS)
    test(`gives back what was written, at every length, as ${format}`, async ({ target }) => {
      const key = await readKey(await withFormat(target, format));
      for (const length of LENGTHS) {
        const content = mixed(length);
        const { stored, content: told } = await write(target.directory, content, format, key);

        const read = await all(
          readArtefact(pathOf(target.directory, stored), stored, { name: 'x', key }),
        );

        expect(read.equals(content), `${length} bytes`).toBe(true);
        expect(told).toEqual(await digestOf(content));
        expect(stored).toMatchObject(
          await digestOf(readFileSync(pathOf(target.directory, stored))),
        );
        expect(statSync(pathOf(target.directory, stored)).mode & 0o777).toBe(0o600);
      }
    });

  test('is opened by zstd itself', async ({ target, skip }) => {
    skip(!zstd, 'needs zstd');
    const content = mixed(2 * PIECE + 5);
    const { stored } = await write(target.directory, content, 'zstd');

    const file = pathOf(target.directory, stored);
    const opened = execFileSync('zstd', ['-dc', file], { maxBuffer: 4 * PIECE });

    expect(opened.equals(content)).toBe(true);
    expect(stored.bytes).toBeLessThan(content.length);
  });

  test('leaves nothing when its source fails', async ({ target }) => {
    const before = readdirSync(target.directory);
    async function* failing() {
      yield mixed(PIECE);
      throw new Error('the disk is gone');
    }

    await expect(
      writeArtefact(failing(), join(target.directory, 'x'), {
        compression: 'zstd',
        key: undefined,
      }),
    ).rejects.toThrow('the disk is gone');

    expect(readdirSync(target.directory)).toEqual(before);
  });
});

describe('an encrypted artefact', () => {
  test('is what the library of age reads, and the other way round', async ({ target }) => {
    const key = (await readKey(await withKey(target)))!;
    const [identity] = key.identities;
    for (const length of LENGTHS.slice(0, 6)) {
      const content = mixed(length);
      const decrypter = new Decrypter();
      decrypter.addIdentity(identity);
      const encrypter = new Encrypter();
      encrypter.addRecipient(await identityToRecipient(identity));

      const ours = await all(encrypted(once(content), key));
      const theirs = Buffer.from(await encrypter.encrypt(content));

      expect(Buffer.from(await decrypter.decrypt(ours)).equals(content)).toBe(true);
      expect((await all(decrypted(once(theirs), key))).equals(content)).toBe(true);
    }
  });

  test('is opened by a key that was changed, as long as the file still holds the old one', async ({
    target,
  }) => {
    const { backups, ...rest } = await withKey(target);
    const old = readFileSync(join(target.directory, 'backup.key'), 'utf8');
    const before = (await readKey({ backups, ...rest }))!;
    const sealed = await all(encrypted(once(mixed(100)), before));
    writeFileSync(join(target.directory, 'backup.key'), `${await generateIdentity()}\n${old}`);
    const after = (await readKey({ backups, ...rest }))!;

    expect((await all(decrypted(once(sealed), after))).length).toBe(100);
    expect(after.identities[0]).not.toBe(before.identities[0]);
  });

  test('refuses another key, and what was cut, in a message that does not hold the key', async ({
    target,
  }) => {
    const key = (await readKey(await withKey(target)))!;
    const other = (await readKey(await withKey(target, 'other.key')))!;
    const { stored } = await write(target.directory, mixed(3 * CHUNK), 'none, age', key);
    const file = pathOf(target.directory, stored);
    const read = (with_: Key | undefined) =>
      all(readArtefact(file, stored, { name: '20260101_010000', key: with_ }));

    await expect(read(other)).rejects.toMatchObject({
      type: 'KeyWrong',
      nonRetryable: true,
      message:
        'Cannot open backup "20260101_010000": the key "file:other.key" does not open it: ' +
        "no identity matched any of the file's recipients",
    });
    await expect(read(undefined)).rejects.toMatchObject({ type: 'KeyMissing' });
    // At the edge of a chunk: what is left is a whole chunk, but not marked as the last.
    const whole = readFileSync(file);
    writeFileSync(file, whole.subarray(0, whole.length - CHUNK - 16));
    await expect(read(key)).rejects.toMatchObject({ type: 'BackupDamaged' });
  });
});

describe('readKey', () => {
  test('says which key is missing, empty or no key, and never quotes it', async ({ target }) => {
    const keyed = await withKey(target);
    const file = join(target.directory, 'backup.key');
    const identity = readFileSync(file, 'utf8').split('\n')[1]!;

    writeFileSync(file, '# nothing\n');
    await expect(readKey(keyed)).rejects.toMatchObject({ type: 'KeyWrong' });
    writeFileSync(file, identity.slice(0, -1));
    const refused = await readKey(keyed).catch((error: Error) => error.message);
    expect(refused).toBe('Cannot use the key "file:backup.key": one of its lines is no age key');
    const lost = { ...keyed, backups: { ...keyed.backups, encryption: { key: 'file:lost.key' } } };
    await expect(readKey(lost)).rejects.toMatchObject({
      type: 'KeyMissing',
      message: 'Cannot read the key "file:lost.key" of the backups: it is missing',
    });
  });
});

/** Half of it can be compressed. */
function mixed(length: number): Buffer {
  const half = length >> 1;
  return Buffer.concat([randomBytes(length - half), Buffer.alloc(half, 'a note ')]);
}

async function write(directory: string, content: Buffer, format: string, key?: Key) {
  const compression = format.startsWith('zstd') ? 'zstd' : 'none';
  return writeArtefact(once(content), join(directory, 'x'), { compression, key });
}

function pathOf(directory: string, { file }: Stored): string {
  return join(directory, file);
}

async function* once(content: Buffer) {
  yield content;
}

async function all(bytes: AsyncIterable<Buffer>): Promise<Buffer> {
  return Buffer.concat(await Array.fromAsync(bytes));
}

function digestOf(content: Buffer) {
  const digest = openDigest();
  return all(digest.of(once(content))).then(() => digest.digest());
}
