import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect } from 'vitest';
import { send } from '../../src/activities/offsite/send/send.ts';
import { backUpAged } from '../activities/offsite/support/offsite-target.ts';
import { test } from '../activities/offsite/support/with-bucket.ts';
import { CLEANER, hasVersitygw, NEEDS_VERSITYGW } from '../support/s3/bucket-server.ts';
import { runbook } from './support/runbook.ts';
import { targetsIn } from './support/targets-in.ts';

/** A new host has no Temporal yet. */
describe.skipIf(!hasVersitygw)(`backups off-site, by hand (${NEEDS_VERSITYGW})`, () => {
  test('are brought to a new host, and what comes next is said', async ({ target, directory }) => {
    const env = targetsIn(directory, target);
    const id = await backUpAged(target, 1);
    await send(target, 'send-offsite/test/20260105_020000');
    for (const path of [target.backups.directory, target.state, target.database.file])
      rmSync(path, { recursive: true });

    const missing = await runbook(['backups', 'restore-host', '--backup', '20200101_000000'], env);
    const brought = await runbook(['backups', 'restore-host'], env);
    const listed = await runbook(['backups', 'list'], env);

    expect(missing).toMatchObject({
      exitCode: 2,
      stdout: '',
      stderr: expect.stringContaining(`Cannot find backup "20200101_000000"`),
    });
    expect(brought.exitCode).toBe(0);
    expect(brought.stdout).toMatch(new RegExp(`^${id}, taken 20.*: \\d+ (?:kB|MB) brought to `));
    expect(brought.stderr).toContain(`runbook start system-recovery --target ${target.name}`);
    expect(listed.stdout).toContain(id);
    expect(readFileSync(join(target.state, 'audit.jsonl'), 'utf8')).toContain('"brought"');
  });

  test('are pruned by the key of somebody else only', async ({ target, directory }) => {
    const env = {
      ...targetsIn(directory, target),
      CLEANER_ID: CLEANER.accessKeyId,
      CLEANER_SECRET: CLEANER.secretAccessKey,
    };
    await backUpAged(target, 1);
    await send(target, 'send-offsite/test/20260105_020000');

    const planned = await runbook(['backups', 'prune-offsite', '--plan'], env);
    const keyless = await runbook(['backups', 'prune-offsite'], env);
    const keys = ['--access-key', 'env:CLEANER_ID', '--secret-key', 'env:CLEANER_SECRET'];
    const pruned = await runbook(['backups', 'prune-offsite', ...keys, '--json'], env);

    expect(planned.stdout).toMatch(/^kept {2}20/);
    expect(keyless).toMatchObject({ exitCode: 2, stdout: '' });
    expect(keyless.stderr).toContain('--access-key: the secret itself does not belong here');
    expect(JSON.parse(pruned.stdout)).toMatchObject([{ state: 'kept' }]);
  });
});
