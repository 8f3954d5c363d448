import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect } from 'vitest';
import { unitFiles } from '../../src/config/load/unit-files.ts';
import { Runtime } from '../../src/config/schema/runtime.ts';
import { test } from '../support/target.ts';

describe('the files of a unit', () => {
  test('are the strongest one of its name or its template, all drop-ins, and the environments of both', ({
    directory,
  }) => {
    const has = (path: string, text = '') => {
      mkdirSync(dirname(join(directory, path)), { recursive: true });
      writeFileSync(join(directory, path), text);
    };
    has('usr/lib/systemd/system/web-shop@.service', '[Service]\nEnvironmentFile=/etc/old.env\n');
    has('etc/systemd/system/web-shop@.service', '[Service]\nEnvironmentFile = -/etc/shop.env\n');
    has('etc/systemd/system/web-shop@1.service.d/a.conf', 'EnvironmentFile=/etc/one.env\n');
    has('etc/systemd/system/web-.service.d/b.conf', '#EnvironmentFile=/etc/no.env\n');
    has('etc/systemd/system/service.d/c.conf');
    has('etc/systemd/system/web-shop@2.service.d/d.conf');
    has('etc/systemd/system/web-shop@1.service.d/README');

    const { units, environments } = unitFiles({ unit: 'web-shop@1.service' }, directory);

    expect(units).toEqual(
      [
        'web-shop@.service',
        'service.d/c.conf',
        'web-.service.d/b.conf',
        'web-shop@1.service.d/a.conf',
      ].map((name) => join(directory, 'etc/systemd/system', name)),
    );
    expect(environments).toEqual(['/etc/shop.env', '/etc/one.env']);
  });

  test.each([
    ['shop', 'Expected the whole name of a service'],
    ['--force.service', 'Expected letters'],
    ['shop@.service', 'Expected an instance'],
    ['a b.service', 'Expected letters'],
    ['*.service', 'Expected letters'],
    ['../../x.service', 'Expected letters'],
    ['shop.service\n-H evil.service', 'Expected letters'],
    ['shop.timer', 'Expected the whole name of a service'],
  ])('are of no unit %j', (unit, message) => {
    const { error } = Runtime.safeParse({ kind: 'systemd', unit });

    expect(error?.issues[0]?.message).toContain(message);
  });

  test('are those of the system, and never of a user', () => {
    const { error } = Runtime.safeParse({ kind: 'systemd', unit: 'shop.service', user: true });

    expect(error?.issues[0]?.message).toContain('systemctl --user');
  });
});
