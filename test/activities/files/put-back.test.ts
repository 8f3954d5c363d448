import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect } from 'vitest';
import { createSystems } from '../../../src/activities/index.ts';
import { openRestoreDirectory } from '../../../src/activities/files/restore/restore-directory.ts';
import { BACKED_UP, furnish, furniture } from '../../support/furnished.ts';
import { refusal } from '../database/support/fixtures.ts';
import { filesOf, play, requestFor, STAMP } from './support/scenario.ts';
import { test } from './support/world.ts';

describe('files.putBack', () => {
  test('keeps what was written to a restored file meanwhile', async ({ full }) => {
    furnish(full, { 'app.conf': 'before' });
    await play(full, 'restore');
    furnish(full, { 'app.conf': 'written since' });
    const files = filesOf(full);

    const back = await files.putBack(STAMP);
    await files.discard(STAMP);

    expect(back).toMatchObject({ files: 1, stayed: 0, changed: true });
    expect(furniture(full, ['app.conf'])).toEqual({ 'app.conf': 'before' });
    expect(readFileSync(join(back.undone!, 'app.conf'), 'utf8')).toBe('written since');
  });
});

describe('files.cleanUp', () => {
  test('puts back what was half placed, and leaves what was placed in full', async ({ full }) => {
    furnish(full, { 'app.conf': 'before', '.env': 'LEVEL=debug\n' });
    const files = filesOf(full);
    await files.stage(await requestFor(files), STAMP);
    await files.keep(STAMP);
    rmSync(join(full.state, `files-${STAMP}`, 'new/app.conf'));
    const halfWay = await refusal(files.place(STAMP));

    await files.cleanUp(STAMP);
    const half = furniture(full, ['app.conf', '.env']);
    await play(full, 'restore');
    const whole = await files.cleanUp(STAMP);

    expect(halfWay.type).toBe('StagedMissing');
    expect(half).toEqual({ 'app.conf': 'before', '.env': 'LEVEL=debug\n' });
    expect(whole).toEqual({
      files: 0,
      stayed: 0,
      changed: false,
      placed: openRestoreDirectory(full, STAMP).old,
    });
    expect(furniture(full, ['app.conf'])).toEqual({ 'app.conf': BACKED_UP['app.conf'] });
  });

  test('puts back what was placed in full, while the database of the same run still waits beside', async ({
    full,
  }) => {
    const before = { 'app.conf': 'before', '.env': 'LEVEL=debug\n' };
    furnish(full, before);
    const { backups, database, files } = createSystems(full, 'test/run');
    await database.stage(await backups.find('latest'), STAMP);
    await play(full, 'restore');
    const placed = furniture(full, ['app.conf']);

    const wayBack = await refusal(files.findKept(STAMP));
    const cleaned = await files.cleanUp(STAMP);
    const again = await files.cleanUp(STAMP);
    await database.cleanUp(STAMP);

    expect(placed).toEqual({ 'app.conf': BACKED_UP['app.conf'] });
    expect(wayBack).toMatchObject({
      type: 'NoRollbackPoint',
      message: expect.stringContaining('start "repair", which puts back what it had'),
    });
    expect(cleaned).toMatchObject({ files: 2, changed: true });
    expect(cleaned.placed).toBeUndefined();
    expect(again).toMatchObject({ files: 0, changed: false });
    expect(furniture(full, ['app.conf', '.env'])).toEqual(before);
  });

  test('leaves what was placed in full when the database of the same run was swapped in', async ({
    full,
  }) => {
    furnish(full, { 'app.conf': 'before' });
    const { backups, database, files } = createSystems(full, 'test/run');
    const staged = await database.stage(await backups.find('latest'), STAMP);
    await play(full, 'restore');
    await database.keep(STAMP, { verdict: 'sound' });
    await database.swap(staged);

    const { placed } = await files.cleanUp(STAMP);

    expect(placed).toBe(openRestoreDirectory(full, STAMP).old);
    expect(furniture(full, ['app.conf'])).toEqual({ 'app.conf': BACKED_UP['app.conf'] });
  });
});
