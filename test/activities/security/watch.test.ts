import { chmodSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect } from 'vitest';
import { canonicalAddress } from '../../../src/activities/security/block/address.ts';
import { changesSince } from '../../../src/activities/security/watch/changes.ts';
import { failedLogins } from '../../../src/activities/security/watch/failed-logins.ts';
import { packagesIn } from '../../../src/activities/security/watch/pending-updates.ts';
import { permissionsOf } from '../../../src/activities/security/watch/permissions.ts';
import { Security } from '../../../src/config/schema/security/security.ts';
import { test } from '../../support/target.ts';

const NOW = Date.parse('2026-12-01T12:00:00Z');

describe('failedLogins', () => {
  test('reads auth.log in both forms of stamps, once a try, and believes the address that sshd wrote', async ({
    target,
  }) => {
    const file = join(target.directory, 'auth.log');
    const lines = [
      '2026-11-29T11:00:00.000000+00:00 web sshd[1]: Failed password for root from 198.51.100.9 port 1 ssh2',
      '2026-12-01T11:00:00.000000+00:00 web sshd[1]: Invalid user 10.0.0.1 from 203.0.113.7 port 4242',
      '2026-12-01T11:00:00.400000+00:00 web sshd[1]: Failed password for invalid user 10.0.0.1 from 203.0.113.7 port 4242 ssh2',
      '2026-12-01T11:05:00.000000+00:00 web sshd[1]: Failed password for root from 203.0.113.7 port 4243 ssh2',
      '2026-12-01T11:30:00.000000+00:00 web sshd[1]: Failed password for root from 2001:db8::7 port 4244 ssh2',
      '2026-12-01T11:31:00.000000+00:00 web sshd[1]: Accepted password for ana from 203.0.113.8 port 4245 ssh2',
    ];
    writeFileSync(file, `${lines.join('\n')}\n`);
    target.security = Security.parse({
      logins: { files: [file], journal: false, critical: 2, warning: 1 },
    });

    const found = await failedLogins(target, NOW);

    expect(found).toMatchObject({ logs: [file], total: 3, worst: ['203.0.113.7'], unread: [] });
    expect(found.sources).toMatchObject([
      { source: '203.0.113.7', count: 2, most: 2, users: ['10.0.0.1', 'root'] },
      { source: '2001:db8::7', count: 1, most: 1, users: ['root'] },
    ]);
  });

  test('takes whoever changes his address within a /64 of IPv6 for one, and proposes all of it', async ({
    target,
  }) => {
    const file = join(target.directory, 'auth.log');
    const line = (minute: number, address: string) =>
      `2026-12-01T11:${String(minute).padStart(2, '0')}:00.000000+00:00 web sshd[1]: Failed password for root from ${address} port 1 ssh2\n`;
    const tries = Array.from({ length: 5 }, (_, at) => line(at, `2001:db8:0:7::${at + 1}`));
    writeFileSync(file, [...tries, line(9, '2001:db8:0:8::1')].join(''));
    target.security = Security.parse({
      logins: { files: [file], journal: false, critical: 5, warning: 1 },
    });

    const { worst, sources } = await failedLogins(target, NOW);

    expect(worst).toEqual(['2001:db8:0:7::/64']);
    expect(sources.map(({ source, most }) => [source, most])).toEqual([
      ['2001:db8:0:7::/64', 5],
      ['2001:db8:0:8::1', 1],
    ]);
  });

  test('knows nothing where no log records logins', async ({ target }) => {
    target.security = Security.parse({ logins: { files: ['/no/such.log'], journal: false } });

    expect(await failedLogins(target, NOW)).toMatchObject({ logs: [], total: 0, worst: [] });
  });
});

describe('permissionsOf', () => {
  test('tells what is looser than the policy, what everybody may read, and follows no link', ({
    target,
  }) => {
    const [loose, link] = ['key.pem', 'link.pem'].map((name) => join(target.directory, name));
    writeFileSync(loose!, 'x');
    chmodSync(loose!, 0o640);
    symlinkSync('/etc/passwd', link!);
    chmodSync(target.database.file, 0o644);
    target.security = Security.parse({
      permissions: [{ file: loose }, { file: link }, { file: '/gone' }],
    });

    const verdicts = permissionsOf(target).map(({ file, verdict }) => [file, verdict]);

    expect(verdicts).toContainEqual(['app.db', 'critical']);
    expect(verdicts).toContainEqual(['key.pem', 'warning']);
    expect(verdicts).toContainEqual(['link.pem', 'warning']);
    expect(verdicts).toContainEqual(['/gone', 'unknown']);
    expect(verdicts).toContainEqual(['.env', 'not applicable']);
  });
});

describe('changesSince', () => {
  test('compares with the run before, also when a run is tried again', ({ target }) => {
    const env = join(target.directory, '.env');
    writeFileSync(env, 'A=1\n');
    changesSince(target, 'one');
    writeFileSync(env, 'A=2\n');

    const first = changesSince(target, 'two');
    const again = changesSince(target, 'two');
    const next = changesSince(target, 'three');

    expect([first.changed, again.changed, next.changed]).toEqual([[env], [env], []]);
  });
});

describe('packagesIn', () => {
  test('takes the security updates of Debian and Ubuntu out of what apt would do', () => {
    const text = `Inst libssl3 [3.0.17-1] (3.0.19-1 Debian-Security:12/oldstable-security [amd64])
Inst tzdata [2025a] (2025b Debian:12.13/oldstable [all])
Inst bash [5.2-1] (5.2-2 Ubuntu:24.04/noble-updates, Ubuntu:24.04/noble-security [amd64])
Conf libssl3 (3.0.19-1 Debian-Security:12/oldstable-security [amd64])`;

    expect(packagesIn(text)).toEqual({
      all: 3,
      security: [
        { name: 'libssl3', from: '3.0.17-1', to: '3.0.19-1' },
        { name: 'bash', from: '5.2-1', to: '5.2-2' },
      ],
    });
  });
});

describe('canonicalAddress', () => {
  test('has one spelling of each, and takes nothing else', () => {
    const texts = [
      '203.0.113.7',
      '2001:DB8:0::7',
      '::ffff:203.0.113.7',
      'fe80::1%eth0',
      '1.2.3',
      '1.2.3.4/8',
      'x } ; flush ruleset',
    ];

    expect(texts.map(canonicalAddress)).toEqual([
      '203.0.113.7',
      '2001:db8::7',
      '203.0.113.7',
      ...Array(4).fill(undefined),
    ]);
  });
});
