import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import type { Stats } from 'node:fs';
import { afterEach, describe, expect } from 'vitest';
import { userOf } from '../../../src/activities/lifecycle/checklist/container-user.ts';
import { judged, type User } from '../../../src/activities/lifecycle/checklist/rights.ts';
import { test } from '../../support/target.ts';

let child: ChildProcess | undefined;

afterEach(() => {
  child?.kill('SIGKILL');
});

const about = (mode: number, uid: number, gid: number) =>
  [{ right: 'write', path: '/nowhere', about: { mode, uid, gid } as Stats }] as const;

describe.skipIf(process.getuid?.() !== 0)('the user of a container that runs', () => {
  test('has the groups that the kernel knows', async () => {
    const known = await started('setpriv', '--reuid=1234', '--regid=20', '--groups=4,27');

    expect(known).toEqual({
      uid: 1234,
      gids: [20, 4, 27],
      text: 'user 1234, as its container runs',
    });
  });

  test('may do more than is seen here when its users are others than those of this host', async ({
    skip,
  }) => {
    const known = await started('unshare', '--user', '--map-root-user').catch(() => undefined);
    skip(known === undefined, 'no user namespaces here');

    expect(known).toMatchObject({ uid: 0, doubt: { about: 'all' } });
  });

  test('is a stranger where the number is not that of the container', () => {
    expect(userOf({ id: 'abcdef', pid: process.pid })).toBeUndefined();
  });
});

describe('rights', () => {
  const user: User = { uid: 1234, gids: [1234] };
  const doubt = { about: 'groups', why: 'nobody knows' } as const;
  const may = (one: User, mode: number, uid = 0, gid = 0) => judged(one, about(mode, uid, gid)).may;

  test('are known where all groups are', () => {
    expect([may(user, 0o664), may(user, 0o664, 0, 1234), may(user, 0o602)]).toEqual([
      'no',
      'yes',
      'yes',
    ]);
  });

  test('are unknown only where one more group decides', () => {
    const doubted = { ...user, doubt };

    expect([0o664, 0o666, 0o644, 0o602].map((mode) => may(doubted, mode))).toEqual([
      'unknown',
      'yes',
      'no',
      'unknown',
    ]);
    expect(may(doubted, 0o400, 1234)).toBe('no');
  });

  test('are never refused to one who may have others', () => {
    expect(may({ ...user, doubt: { about: 'all', why: 'its own users' } }, 0o644)).toBe('unknown');
  });
});

/** Who runs `sleep`, when it has become it. */
async function started(...command: string[]) {
  child = spawn(command[0]!, [...command.slice(1), 'sleep', '60'], { stdio: 'ignore' });
  const { pid } = child;
  await expect
    .poll(() => readFileSync(`/proc/${pid}/comm`, 'utf8').trim(), { timeout: 5000 })
    .toBe('sleep');
  const [, , id] = /^(\d+):(.*):(.*)$/m.exec(readFileSync(`/proc/${pid}/cgroup`, 'utf8'))!;
  return userOf({ id: id!.slice(0, 3), pid: pid! });
}
