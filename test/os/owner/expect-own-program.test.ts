import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test as base } from 'vitest';
import { expectOwnProgram } from '../../../src/os/owner/expect-own-program.ts';
import { giveAway, isRoot } from '../../support/other-user.ts';

/** A directory of the application, one of root's, and the program `vault` in both. */
const test = base.extend<{ app: string; ours: string }>({
  app: async ({}, use) => {
    const app = mkdtempSync(join(tmpdir(), 'app-'));
    writeFileSync(join(app, 'vault'), '');
    giveAway(app);
    await use(app);
    rmSync(app, { recursive: true });
  },
  ours: async ({}, use) => {
    const ours = mkdtempSync(join(tmpdir(), 'ours-'));
    writeFileSync(join(ours, 'vault'), '');
    await use(ours);
    rmSync(ours, { recursive: true });
  },
});

describe.skipIf(!isRoot)('a command that gets the rights of root (needs root)', () => {
  const judge =
    (app: string, ...command: string[]) =>
    () =>
      expectOwnProgram({ directory: app, runsAs: { inherit: [] } }, command);

  test('is no program that lies where the application can write', ({ app, ours }) => {
    expect(judge(app, join(app, 'vault'))).toThrow(
      /vault" would run with the rights of this worker/,
    );
    expect(judge(app, './vault', 'read')).toThrow(/is of user 65534\): move it to where only root/);
    expect(judge(app, 'python3', '-u', './vault')).toThrow('would run with the rights');
    expect(judge(app, '/usr/bin/env', 'LC_ALL=C', './vault')).toThrow('would run with the rights');
    symlinkSync(join(app, 'vault'), join(ours, 'link'));
    expect(judge(app, join(ours, 'link'))).toThrow('would run with the rights');
    chmodSync(ours, 0o777);
    expect(judge(app, join(ours, 'vault'))).toThrow('would run with the rights');
  });

  test('is any program of ours, and of the system', ({ app, ours }) => {
    expect(judge(app, join(ours, 'vault'))).not.toThrow();
    expect(judge(app, 'vault-read', './vault')).not.toThrow();
    expect(judge(app, '/bin/sh', '-c', 'true')).not.toThrow();
  });

  test('is any program at all where the application has the same rights', ({ ours }) => {
    mkdirSync(join(ours, 'app'));
    chmodSync(join(ours, 'vault'), 0o777);

    expect(judge(ours, './vault')).not.toThrow();
  });
});
