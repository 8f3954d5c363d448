import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { admit, readAdmitted } from '../../src/door/admitted.ts';
import { askDoor } from '../../src/door/ask-door.ts';
import { deliverKeys, takeBack } from '../../src/door/deliver-keys.ts';
import { type DoorFiles, doorFiles } from '../../src/door/door-files.ts';
import { openFront } from '../../src/door/front.ts';
import { deliveredFile, type DoorKey, type KnownDoor } from '../../src/door/known-door.ts';
import { makeClientCertificate } from '../../src/door/make-certificate.ts';
import { ownCertificates, type OwnCertificates } from '../../src/door/own-certificates.ts';
import { readPrivate } from '../../src/door/private-file.ts';
import { APP, isRoot, NEEDS_ROOT } from '../support/application-user.ts';
import { reservedPort } from '../support/reserved-port.ts';

const YEAR = 365.25 * 86_400_000;

describe('certificates of a door', () => {
  let directory: string;
  let dataFile: string;
  let files: DoorFiles;

  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'renewal-'));
    dataFile = join(directory, 'temporal.db');
    files = doorFiles(dataFile);
  });

  afterEach(() => {
    takeBack(dataFile, APP);
    rmSync(directory, { recursive: true });
  });

  test('are kept from start to start', async () => {
    const first = await ownCertificates(files);

    expect(await ownCertificates(files)).toEqual(first);
  });

  test('are made anew at the first start of their last year, and open the door from then on', async () => {
    const old = await madeYearsAgo(9.5);
    await using before = await opened(old);
    expect(await before.ask(keyOf(old))).toBe('welcome');

    const renewed = await ownCertificates(files);
    await using after = await opened(renewed);

    expect(renewed.authority).not.toEqual(old.authority);
    expect(await after.ask(keyOf(renewed))).toBe('welcome');
    expect(await after.ask(keyOf(old))).not.toBe('welcome');
    // Who runs on has nothing to fear from the other start.
    expect(await before.ask(keyOf(old))).toBe('welcome');
  });

  test('that are over open nothing', async () => {
    const over = await madeYearsAgo(10.5);
    await using front = await opened(over);

    expect(await front.ask(keyOf(over))).not.toBe('welcome');
  });

  test.skipIf(!isRoot)(
    `of those who are admitted are made anew, and laid where they find them (${NEEDS_ROOT})`,
    async () => {
      const old = await madeYearsAgo(9.5);
      const guest = await makeClientCertificate(old.authority, 'guest');
      admit(files, { login: 'guest', uid: APP, gid: APP, since: '', by: 'test', ...guest });

      const renewed = await ownCertificates(files);
      await using front = await opened(renewed);
      await deliverKeys(dataFile, front.address);

      const port = front.address.split(':')[1]!;
      const delivered = readPrivate(deliveredFile(port, APP)) as KnownDoor;
      expect(await front.ask(delivered.key!)).toBe('welcome');
      expect(await front.ask({ ...keyOf(old), ...guest })).not.toBe('welcome');
      expect(readAdmitted(files).map(({ login }) => login)).toEqual(['guest']);
    },
  );

  async function madeYearsAgo(years: number): Promise<OwnCertificates> {
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() - years * YEAR });
    try {
      return await ownCertificates(files);
    } finally {
      vi.useRealTimers();
    }
  }

  async function opened(certificates: OwnCertificates) {
    const port = await reservedPort();
    const front = await openFront({ files, certificates, port });
    const address = `127.0.0.1:${port}`;
    return {
      address,
      ask: (key: DoorKey) => askDoor(address, key),
      [Symbol.asyncDispose]: () => front.close(),
    };
  }
});

function keyOf({ authority, client }: OwnCertificates): DoorKey {
  return { authority: authority.certificate, ...client };
}
