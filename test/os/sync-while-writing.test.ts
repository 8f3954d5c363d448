import { closeSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect } from 'vitest';
import { writeFully } from '../../src/activities/artefact/bytes.ts';
import { syncWhileWriting } from '../../src/os/files/durable-files.ts';
import { test } from '../support/target.ts';

const MUCH = 40 * 2 ** 20;
/** No disk is behind it: to sync it is an error. */
const UNSYNCABLE = '/dev/null';

describe('syncWhileWriting', () => {
  test('lets what was written through', async ({ directory }) => {
    const fd = openSync(join(directory, 'file'), 'w');
    const syncing = syncWhileWriting(fd);

    writeFully(fd, Buffer.alloc(MUCH));
    syncing.wrote(MUCH);

    await expect(syncing.end()).resolves.toBeUndefined();
    closeSync(fd);
  });

  test('passes on what the disk said to it, which it says once only', async () => {
    const fd = openSync(UNSYNCABLE, 'r+');
    const syncing = syncWhileWriting(fd);

    syncing.wrote(MUCH);

    await expect(syncing.end()).rejects.toMatchObject({ syscall: 'fsync' });
    closeSync(fd);
  });

  test('leaves a small file alone', async () => {
    const fd = openSync(UNSYNCABLE, 'r+');
    const syncing = syncWhileWriting(fd);

    syncing.wrote(1000);

    await expect(syncing.end()).resolves.toBeUndefined();
    closeSync(fd);
  });
});
