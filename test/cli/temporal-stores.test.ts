import { execFileSync } from 'node:child_process';
import { symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect } from 'vitest';
import { temporalStores } from '../../src/cli/verbs/doctor/temporal-stores.ts';
import { test } from '../support/target.ts';

describe('the configuration of a Temporal server', () => {
  test('that is no file is said to be none, and held by nothing', async ({ directory }) => {
    const fifo = join(directory, 'config.yaml');
    execFileSync('mkfifo', [fifo]);

    for (const file of [fifo, '/dev/zero', directory])
      expect(await temporalStores(file)).toEqual([
        {
          subject: 'Tables of Temporal',
          state: 'missing',
          finding: expect.stringMatching(/ cannot be read: .*is no regular file/),
        },
      ]);
  });

  test('is read through a link', async ({ directory }) => {
    const file = join(directory, 'real.yaml');
    const link = join(directory, 'config.yaml');
    writeFileSync(file, 'persistence: { datastores: { one: { sql: { pluginName: sqlite } } } }');
    symlinkSync(file, link);

    expect(await temporalStores(link)).toEqual([
      { subject: 'Tables of Temporal', state: 'ok', finding: `"${link}" names no PostgreSQL` },
    ]);
  });
});
