import { symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect } from 'vitest';
import { catalogueOf } from '../../../src/activities/backups/catalogue/catalogue.ts';
import { test } from '../../support/target.ts';
import { backUp } from '../database/support/fixtures.ts';
import { BACKUP, STAMP, systemsOf } from '../database/support/scenarios.ts';

describe('a second disk that is the first by another name', () => {
  test('is no second place, and gets no copy', async ({ target, directory }) => {
    const copy = join(directory, 'second');
    const linked = { ...target, backups: { ...target.backups, copy } };
    await backUp(target);
    symlinkSync(target.backups.directory, copy);
    const { backups } = systemsOf(linked);

    const found = catalogueOf(linked).backups;
    const planned = await backups.planPrune('2036-01-01T00:00:00.000Z');
    await backups.snapshot(STAMP);
    await backups.store(STAMP);
    const proof = await backups.verify(STAMP);
    const copied = backups.copy(STAMP, 'daily', proof);

    expect(found.map(({ id, copies }) => [id, copies.length])).toEqual([[BACKUP, 1]]);
    expect(planned.map((place) => place.directory)).toEqual([target.backups.directory]);
    await expect(copied).rejects.toThrow(`it is "${target.backups.directory}" by another name`);
  });
});
