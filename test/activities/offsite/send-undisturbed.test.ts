import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { describe, expect } from 'vitest';
import { send } from '../../../src/activities/offsite/send/send.ts';
import { readOffsiteRecords } from '../../../src/activities/backups/offsite/offsite-records.ts';
import type { SqliteTarget } from '../../../src/config/schema/target.ts';
import { hasVersitygw, NEEDS_VERSITYGW } from '../../support/s3/bucket-server.ts';
import { flipBit } from '../backups/support/flip-bit.ts';
import { backUpAged, fillWithNoise } from './support/offsite-target.ts';
import { startRelay } from './support/relay.ts';
import { test } from './support/with-bucket.ts';

const RUN = 'send-offsite/test/20260105_020000';
const part = '5MB';

describe.skipIf(!hasVersitygw)(`offsite.send (${NEEDS_VERSITYGW})`, () => {
  test('takes no page of somebody in between for a bucket that is empty', async ({ target }) => {
    const id = await backUpAged(target, 1);
    await send(target, RUN);
    const portal = createServer((request, response) => {
      request.resume();
      response.writeHead(200, { 'content-type': 'text/html' });
      response.end('<!doctype html><html><body>Log in to the network</body></html>');
    });
    await once(portal.listen(0, '127.0.0.1'), 'listening');
    const { port } = portal.address() as AddressInfo;

    const failing = send(through(target, `http://127.0.0.1:${port}`), RUN);

    await expect(failing).rejects.toMatchObject({
      type: 'OffsiteUnreachable',
      nonRetryable: false,
    });
    portal.close();
    expect(readOffsiteRecords(target)).toEqual([expect.objectContaining({ id })]);
    expect(readOffsiteRecords(target)[0]).not.toHaveProperty('goneAt');
  });

  test('sends the others when one has rotted here, and names that one', async ({ target }) => {
    const older = await backUpAged(target, 3);
    const newer = await backUpAged(target, 1);
    flipBit(join(target.backups.directory, newer, 'app.db.age'));

    await expect(send(target, RUN)).rejects.toMatchObject({
      type: 'BackupDamaged',
      message: expect.stringContaining(newer),
    });

    expect(readOffsiteRecords(target)).toMatchObject([{ id: older }]);
  });

  test('leaves a second run of the same target to the first, and waits for an earlier attempt of its own', async ({
    target,
    server,
  }) => {
    fillWithNoise(target.database.file, 12);
    await backUpAged(target, 1);
    const gate = Promise.withResolvers<void>();
    const begun = Promise.withResolvers<void>();
    const relay = await startRelay(server.endpoint, {
      onPart: async (_, bytes) => {
        begun.resolve();
        await gate.promise;
        return bytes;
      },
    });
    const sending = send(through(target, relay.endpoint), RUN);
    await begun.promise;

    const other = await send(target, 'send-offsite/test/of-another');
    const again = send(target, RUN);

    expect(other).toMatchObject({ by: RUN, backups: [], changed: false });
    await expect(again).rejects.toMatchObject({ type: 'OffsiteBusy', nonRetryable: false });
    // What comes meanwhile is taken along.
    const late = await backUpAged(target, 0);
    gate.resolve();
    expect((await sending).backups).toContain(late);
    await relay.stop();
  });

  test('passes over what retention has deleted meanwhile, and says so', async ({
    target,
    server,
  }) => {
    fillWithNoise(target.database.file, 12);
    const older = await backUpAged(target, 3);
    const newer = await backUpAged(target, 1);
    const relay = await startRelay(server.endpoint, {
      onPart: (_, bytes) => {
        rmSync(join(target.backups.directory, older), { recursive: true, force: true });
        return bytes;
      },
    });

    const sent = await send(through(target, relay.endpoint), RUN);
    await relay.stop();

    // It was gone before its turn came, so that it was not due any more.
    expect(sent).toMatchObject({ backups: [newer], gone: [] });
  });
});

function through(target: SqliteTarget, endpoint: string): SqliteTarget {
  const offsite = { ...target.backups.offsite!, endpoint, part };
  return { ...target, backups: { ...target.backups, offsite } };
}
