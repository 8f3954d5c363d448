import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { loginsInFile } from '../../../src/activities/security/watch/host-logins.ts';
import {
  failedLoginIn,
  withoutRepeats,
} from '../../../src/activities/security/watch/syslog-line.ts';
import { test as withTarget } from '../../support/target.ts';

const SSHD = 'Dec  1 11:00:00 web sshd[1]: ';
const NOW = Date.parse('2026-12-01T12:00:00Z');
const MEGABYTE = 2 ** 20;

describe('failedLoginIn', () => {
  test.each([
    [
      'Failed password for invalid user root from 198.51.100.9 port 22 ssh2 from 203.0.113.7 port 4242 ssh2',
      { source: '203.0.113.7', user: 'root from 198.51.100.9 port 22 ssh2' },
    ],
    [
      'Invalid user a from 198.51.100.9 from 203.0.113.7 port 4242',
      { source: '203.0.113.7', user: 'a from 198.51.100.9', echo: true },
    ],
    [
      'error: maximum authentication attempts exceeded for x from 198.51.100.9 port 1 ssh2 from 203.0.113.7 port 4242 ssh2 [preauth]',
      { source: '203.0.113.7', user: 'x from 198.51.100.9 port 1 ssh2', echo: true },
    ],
  ])('believes what sshd wrote, and not what somebody called himself: %s', (message, login) => {
    expect(failedLoginIn(SSHD + message)).toEqual(login);
  });

  test('knows an address that holds on one link, and keys', () => {
    const key = 'RSA SHA256:n4bQgYhMfWWaL+qgxVrQFaO/TxsrC4Is0V1sFbDwCgg';

    expect(
      failedLoginIn(`${SSHD}Failed password for root from fe80::1%eth0 port 22 ssh2`),
    ).toMatchObject({ source: 'fe80::1%eth0' });
    expect(
      failedLoginIn(`${SSHD}Failed publickey for ana from 203.0.113.7 port 22 ssh2: ${key}`),
    ).toEqual({ source: '203.0.113.7', user: 'ana', echo: true });
  });

  test('keeps no letter of a name that a terminal would obey', () => {
    const login = failedLoginIn(
      `${SSHD}Failed password for invalid user \u001B]0;owned\u0007\u001B[2Jroot from 203.0.113.7 port 1 ssh2`,
    );

    expect(login?.source).toBe('203.0.113.7');
    // oxlint-disable-next-line no-control-regex
    expect(login?.user).not.toMatch(/[\u0000-\u001F]/);
    expect(login?.user).toContain('root');
  });

  test('is soon done with a line that was made to take long', () => {
    const begin = performance.now();
    failedLoginIn(`${SSHD}Failed password for ${' from 1.1.1.1 port'.repeat(60_000)}`);
    failedLoginIn(`${SSHD}Failed password for ${'from 1.1.1.1 port 1 '.repeat(200)}`);

    expect(performance.now() - begin).toBeLessThan(200);
  });
});

describe('withoutRepeats', () => {
  test('counts each try of a burst, and what syslog has folded', () => {
    const line = (message: string) => failedLoginIn(SSHD + message)!;
    const tries = Array.from({ length: 60 }, (_, at) => ({
      at: 1_000_000 + at * 100,
      ...line('Failed password for root from 203.0.113.7 port 22 ssh2'),
    }));
    const folded = {
      at: 2_000_000,
      ...line(
        'message repeated 5 times: [ Failed password for root from 203.0.113.7 port 22 ssh2]',
      ),
    };

    expect(withoutRepeats(tries)).toHaveLength(60);
    expect(withoutRepeats([folded])).toHaveLength(5);
  });

  test('counts once what sshd and PAM say three times of one try', () => {
    const said = [
      [0, 'Invalid user eve from 203.0.113.7 port 22'],
      [
        100,
        'pam_unix(sshd:auth): authentication failure; logname= uid=0 euid=0 tty=ssh ruser= rhost=203.0.113.7',
      ],
      [2300, 'Failed password for invalid user eve from 203.0.113.7 port 22 ssh2'],
    ] as const;

    const found = withoutRepeats(
      said.map(([after, message]) => ({
        at: 5_000_000 + after,
        ...failedLoginIn(SSHD + message)!,
      })),
    );

    expect(found).toEqual([{ at: 5_002_300, source: '203.0.113.7', user: 'eve' }]);
  });
});

describe('loginsInFile', () => {
  withTarget('takes the end of an endless line for no line of its own', ({ target }) => {
    const file = join(target.directory, 'auth.log');
    const stamp = '2026-12-01T11:00:00.000000+00:00 web sshd[1]: ';
    const forged = `${stamp}Failed password for root from 198.51.100.9 port 1 ssh2`;
    const real = `${stamp}Failed password for root from 203.0.113.7 port 1 ssh2`;
    // Pieces of 1 MiB are read: the forged part begins one.
    writeFileSync(file, `${'x'.repeat(3 * MEGABYTE)}${forged}\n${real}\n`);

    const found = loginsInFile(file, NOW - 86_400_000, NOW);

    expect(found?.logins.map(({ source }) => source)).toEqual(['203.0.113.7']);
  });
});
