import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect } from 'vitest';
import { closedCheckout } from '../../support/closed-checkout.ts';
import { takeBackup } from '../../support/take-backup.ts';
import { test } from '../../support/target.ts';
import { lookAsNobody } from './support/look-as-nobody.ts';

describe('what the worker may not read', () => {
  for (const [title, of] of [
    ['directory', (backup: string) => backup],
    ['manifest', (backup: string) => join(backup, 'manifest.json')],
  ] as const)
    test(`hides no other backup, and is not damaged by that: the ${title} of one`, async ({
      target,
    }) => {
      const older = await takeBackup(target, { ago: 2 });
      // Named so that it is the newest without its manifest, too.
      const newest = await takeBackup(target, { ago: -2 });
      chmodSync(of(join(target.backups.directory, newest)), 0o000);

      const { list, latest } = lookAsNobody(target);

      expect(list.map(({ id, state }) => [id, state])).toEqual([
        [newest, 'unreadable'],
        [older, 'verified'],
      ]);
      expect(list[0]!.note).toContain('permission denied');
      // Whether somebody has pinned it cannot be seen either.
      expect(list.map(({ pinned }) => pinned)).toEqual([title === 'directory', false]);
      expect(latest).toMatchObject({
        id: older,
        passedOver: expect.stringContaining(`${newest} is newer, and not taken, being unreadable`),
      });
    });

  test('is named where it is missing from a backup: a file, and a directory', ({ target }) => {
    writeFileSync(join(target.directory, '.env'), 'API_TOKEN=abc\n', { mode: 0o000 });
    mkdirSync(join(target.directory, 'certificates'), { mode: 0o000 });
    target.backups.daily = { ...target.backups.daily, files: ['.env', 'certificates'] };

    const { files } = lookAsNobody(target);

    expect(files).toMatchObject({
      type: 'FilesMissing',
      message: expect.stringMatching(/"certificates" cannot be read: .*; "\.env" cannot be read: /),
    });
  });

  test('is named by its file when it is the database, and is not damage', ({ target, skip }) => {
    const closed = closedCheckout();
    skip(closed !== undefined, closed);
    chmodSync(target.database.file, 0o000);

    const { snapshot } = lookAsNobody(target);

    expect(snapshot).toMatchObject({
      type: 'NotPermitted',
      nonRetryable: true,
      message: expect.stringMatching(/^Cannot copy ".+app\.db": EACCES: permission denied/),
    });
  });
});
