import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect } from 'vitest';
import { reload } from '../../src/activities/runtime/door/nginx.ts';
import { commandProvider } from '../../src/activities/secrets/providers/command-provider.ts';
import { exchangedPrograms } from '../../src/cli/local/check/exchanged-programs.ts';
import { Secrets } from '../../src/config/schema/security/secrets.ts';
import type { SqliteTarget } from '../../src/config/schema/target.ts';
import { refusal } from '../activities/database/support/fixtures.ts';
import { giveAway, isRoot } from '../support/other-user.ts';
import { test as base } from '../support/target.ts';

/** An application of another user, with a program `vault` that it has made; the same is in a directory of ours. */
const test = base.extend<{ world: SqliteTarget; ours: string }>({
  world: async ({ target }, use) => {
    writeFileSync(join(target.directory, 'vault'), '#!/bin/sh\nid -u\n', { mode: 0o755 });
    giveAway(target.directory, join(target.directory, 'vault'));
    await use(target);
  },
  ours: async ({}, use) => {
    const ours = mkdtempSync(join(tmpdir(), 'ours-'));
    writeFileSync(join(ours, 'vault'), '#!/bin/sh\nid -u\n', { mode: 0o755 });
    await use(ours);
    rmSync(ours, { recursive: true });
  },
});

describe.skipIf(!isRoot)('a command of the host in a target (needs root)', () => {
  const provider = (vault: string) => ({
    kind: 'command' as const,
    read: [vault],
    write: [vault],
    timeout: '10s',
  });

  test('is not run as root when the application can exchange it', async ({ world, ours }) => {
    const theirs = commandProvider(world, provider('./vault'));
    const drain = { include: '/etc/x.conf', command: ['./vault'], grace: '0s' };

    const [read, written, reloaded] = await Promise.all([
      refusal(theirs.read()),
      refusal(theirs.write('secret')),
      refusal(reload(world, drain)),
    ]);

    for (const refused of [read, written, reloaded]) {
      expect(refused).toMatchObject({ type: 'NotPermitted', nonRetryable: true });
      expect(refused.message).toContain('"./vault" would run with the rights of this worker');
    }
    // The control: ours is run, and by us.
    await expect(commandProvider(world, provider(join(ours, 'vault'))).read()).resolves.toBe('0');
  });

  test('is named when the target is checked', ({ world, ours }) => {
    const withSecret = (vault: string): SqliteTarget => ({
      ...world,
      secrets: Secrets.parse([
        {
          name: 'TOKEN',
          provider: { kind: 'command', read: [vault], write: ['vault-write'] },
          prove: { kind: 'http', url: 'http://127.0.0.1:1/' },
        },
      ]),
    });

    expect(exchangedPrograms(withSecret('./vault'))).toEqual([
      expect.stringMatching(/^"\.\/vault" would run .* user 65534\)/),
    ]);
    expect(exchangedPrograms(withSecret(join(ours, 'vault')))).toEqual([]);
  });
});
