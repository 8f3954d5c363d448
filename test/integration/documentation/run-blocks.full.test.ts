import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { main } from '../../cli/support/runbook.ts';
import { openServed, type Served } from '../../cli/support/served.ts';
import { pages, runBlocks } from '../../docs/commands.ts';

const blocks = pages.flatMap(runBlocks);
const ASKED =
  '127.0.0.1 - - [05/Jan/2026:02:00:00 +0000] "GET / HTTP/1.1" 200 612 "-" "curl/8.5.0"';
let shell: string;
let served: Served;

beforeAll(async () => {
  shell = mkdtempSync(join(tmpdir(), 'docs-commands-'));
  const runbook = join(shell, 'runbook');
  writeFileSync(runbook, `#!/bin/sh\nexec ${process.execPath} ${main} "$@"\n`);
  chmodSync(runbook, 0o755);
  served = await openServed('shop', {
    logs: [{ file: 'access.log', format: 'access' }],
    escalation: [{ level: 1, to: 'operations' }],
    contacts: { operations: { email: 'ops@example.com' } },
  });
  writeFileSync(join(served.target.directory, 'access.log'), `${ASKED}\n`);
  expect((await served.type('start', 'daily-backup', '-t', 'shop')).exitCode).toBe(0);
});
afterAll(async () => {
  await served.close();
  rmSync(shell, { recursive: true, force: true });
});

describe('a block of the documentation that is marked "sh run"', () => {
  test('is there on the pages that somebody opens first', () => {
    const marked = blocks.map(({ name }) => name.split(':')[0]);

    expect(marked).toEqual(expect.arrayContaining(['docs/recovery.md', 'docs/lifecycle.md']));
  });

  test.each(blocks)('$name does what it says', { timeout: 180_000 }, async ({ script }) => {
    const { exitCode, all } = await execa('bash', ['-euo', 'pipefail', '-c', script], {
      cwd: shell,
      reject: false,
      all: true,
      env: {
        ...served.env,
        PATH: `${shell}:${process.env['PATH']}`,
        NO_COLOR: '1',
        RUNBOOK_TARGET: 'shop',
      },
    });

    expect({ exitCode, all }).toEqual({ exitCode: 0, all });
  });
});
