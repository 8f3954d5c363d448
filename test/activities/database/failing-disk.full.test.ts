import { join } from 'node:path';
import { describe, expect } from 'vitest';
import { canTrace } from '../../support/strace.ts';
import { test } from '../../support/target.ts';
import { damagePages } from './support/database-files.ts';
import { playOnFailingDisk } from './support/play-killed.ts';
import { STAMP, systemsOf } from './support/scenarios.ts';

describe.skipIf(!canTrace)('a disk that could not write the copy', () => {
  test('is reported as such, and the live database is not blamed', async ({ target }) => {
    const { backups } = systemsOf(target);
    const results = [await backups.snapshot(STAMP), await backups.store(STAMP)];
    damagePages(join(target.backups.directory, `${STAMP}.part`, 'app.db'));

    const text = await playOnFailingDisk(target, 'backUp', results);

    expect(text).toContain('EIO');
    expect(text).not.toContain('is damaged');
    await expect(backups.verify(STAMP)).rejects.toMatchObject({ type: 'DatabaseCorrupt' });
  });
});
