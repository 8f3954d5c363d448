import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect } from 'vitest';
import { openHostClaim } from '../../../src/state/host/host-claim.ts';
import { built } from '../../support/built.ts';
import { useHostDirectory } from '../../support/host-directory.ts';
import { test as base } from '../../support/target.ts';

const STAMP = '20260105_020000';
const open = async () => true;
const closed = async () => false;

const test = base.extend<{ host: string }>({
  host: [
    async ({ directory }, use) => {
      useHostDirectory(join(directory, 'host'));
      await use(join(directory, 'host'));
    },
    { auto: true },
  ],
});

describe('hostClaim', () => {
  test('lets one run of all targets change the host, and tells the next who does', async () => {
    await openHostClaim().take('security-updates/one/1', STAMP, open);

    await expect(openHostClaim().take('security-updates/two/1', STAMP, open)).rejects.toMatchObject(
      {
        type: 'TargetLocked',
        nonRetryable: false,
        message: expect.stringMatching(/^"host .+" is held by "security-updates\/one\/1" since 2/),
      },
    );
  });

  test('is taken over from a run that has ended, which then may act no more', async () => {
    const claim = openHostClaim();
    await claim.take('first', STAMP, open);

    await claim.take('second', STAMP, closed);

    await expect(claim.whileHeld('first', async () => 'acted')).rejects.toMatchObject({
      type: 'LockLost',
    });
    expect(await claim.whileHeld('second', async () => 'acted')).toBe('acted');
  });

  test('is free again once it is released, twice or not', async () => {
    const claim = openHostClaim();
    await claim.take('first', STAMP, open);

    await claim.release('first');
    await claim.release('first');

    await expect(claim.take('second', STAMP, open)).resolves.toBeUndefined();
  });

  test('lets nobody take it over while a process of its dead run still writes', async ({
    host,
  }) => {
    await openHostClaim().take('first', STAMP, open);
    const writer = fork(built('test/support/hold-host-claim.ts'), ['first'], {
      env: { ...process.env, RUNBOOK_HOST_DIRECTORY: host },
    });
    await once(writer, 'message');

    const taking = openHostClaim().take('second', STAMP, closed);
    const early = await Promise.race([taking, sleep(300, 'it waits')]);
    writer.kill('SIGKILL');

    expect(early).toBe('it waits');
    await expect(taking).resolves.toBeUndefined();
  });
});
