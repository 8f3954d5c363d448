import { cpSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect } from 'vitest';
import { createSystems } from '../../../src/activities/index.ts';
import { test } from '../../support/target.ts';
import { flipBit } from '../backups/support/flip-bit.ts';
import { backUp } from '../database/support/fixtures.ts';
import { RUN, STAMP } from '../database/support/scenarios.ts';

const NEW = '20260102_010000';

describe('files of a backup in two places', () => {
  test('come from the place that has all of their bytes', async ({ target, directory }) => {
    target.backups.daily = { ...target.backups.daily, files: ['app.conf'] };
    writeFileSync(join(target.directory, 'app.conf'), 'of the backup');
    await backUp(target, { stamp: NEW, files: true });
    const copy = join(directory, 'second');
    cpSync(target.backups.directory, copy, { recursive: true });
    const doubled = { ...target, backups: { ...target.backups, copy } };
    const [archive] = readdirSync(join(target.backups.directory, NEW)).filter((name) =>
      name.includes('configuration'),
    );
    flipBit(join(target.backups.directory, NEW, archive!));
    writeFileSync(join(target.directory, 'app.conf'), 'of today');
    const { files } = createSystems(doubled, RUN);

    const found = await files.find('latest', ['configuration']);
    const request = { files: found.files, secrets: 'keep' } as const;
    await files.stage(request, STAMP);
    await files.keep(STAMP);
    await files.place(STAMP);

    expect(readFileSync(join(target.directory, 'app.conf'), 'utf8')).toBe('of the backup');
  });
});
