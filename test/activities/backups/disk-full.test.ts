import { randomBytes } from 'node:crypto';
import { readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { describe, expect } from 'vitest';
import type { SqliteTarget } from '../../../src/config/schema/target.ts';
import { failureOf } from '../../../src/os/failure-of.ts';
import { canMount, fillDisk, mountDisk, NO_DISK } from '../../support/small-disk.ts';
import { test } from '../../support/target.ts';
import { withFormat } from '../artefact/age-key.ts';
import { seenIn } from '../database/support/database-files.ts';
import { backUp, namesIn, refusal } from '../database/support/fixtures.ts';
import { seenInBackup } from '../database/support/opened.ts';
import { BACKUP, STAMP, systemsOf } from '../database/support/scenarios.ts';

/** Of a database that cannot be compressed. */
const MEBIBYTES = 4;

type Stage = 'snapshot' | 'store' | 'archive' | 'copy' | 'seal';
const STAGES: readonly Stage[] =
  process.env['RUNBOOK_TESTS'] === 'full'
    ? ['snapshot', 'store', 'archive', 'copy', 'seal']
    : ['store'];

describe('a disk that is full', () => {
  for (const stage of STAGES)
    test(`at ${stage} leaves the database and older backups as they are, and no part after discard`, async ({
      target,
      directory,
      skip,
    }) => {
      skip(!canMount, NO_DISK);
      incompressible(target);
      const disks = { directory: join(directory, 'first'), copy: join(directory, 'second') };
      const unmount = Object.values(disks).map((disk) => mountDisk(disk, 64));
      try {
        const asked = await withFormat(
          {
            ...target,
            backups: {
              ...target.backups,
              ...disks,
              daily: { files: ['big.log'], keep: '30d' },
            },
          },
          'zstd, age',
        );
        writeFileSync(join(target.directory, 'big.log'), randomBytes(MEBIBYTES * 2 ** 20));
        await backUp(asked);
        const live = seenIn(target.database.file);

        const refused = failureOf(await refusal(failAt(asked, stage, disks)));

        expect(refused).toMatchObject({ type: 'NoSpace', nonRetryable: true });
        rmSync(join(disks.directory, 'filler'), { force: true });
        rmSync(join(disks.copy, 'filler'), { force: true });
        await systemsOf(asked).backups.discard(STAMP);
        expect(namesIn(disks.directory)).toEqual([BACKUP]);
        expect(readdirSync(disks.copy).filter((name) => name !== STAMP)).toEqual([]);
        expect(await seenInBackup(asked, BACKUP)).toEqual(live);
        expect(seenIn(target.database.file)).toEqual(live);
      } finally {
        for (const end of unmount) end();
      }
    });

  test('is seen before anything is written: the copy, what is stored of it, and the files', async ({
    target,
    directory,
    skip,
  }) => {
    skip(!canMount, NO_DISK);
    incompressible(target);
    writeFileSync(join(target.directory, 'big.log'), randomBytes(MEBIBYTES * 2 ** 20));
    const first = join(directory, 'first');
    // The copy and its margin fit, and once more would not.
    const unmount = mountDisk(first, 16 + 2 * MEBIBYTES);
    try {
      const asked = (daily: string[], compression: 'none' | 'zstd'): SqliteTarget => ({
        ...target,
        backups: {
          ...target.backups,
          directory: first,
          compression,
          daily: { files: daily, keep: '30d' },
        },
      });
      const space = (of: SqliteTarget) => systemsOf(of).backups.expectSpace('daily', STAMP);

      expect(await space(asked([], 'none'))).toMatchObject({ files: false });
      await expect(space(asked([], 'zstd'))).rejects.toMatchObject({ type: 'NoSpace' });
      await expect(space(asked(['big.log'], 'none'))).rejects.toMatchObject({ type: 'NoSpace' });
    } finally {
      unmount();
    }
  });
});

type Disks = Record<'directory' | 'copy', string>;

/** Does a backup up to `stage`, on a disk that has 1 MB left then, or nothing where the stage needs but a page. */
async function failAt(target: SqliteTarget, stage: Stage, disks: Disks): Promise<unknown> {
  const { backups } = systemsOf(target);
  if (stage === 'snapshot') fillDisk(disks.directory, 1);
  await backups.snapshot(STAMP);
  if (stage === 'store') fillDisk(disks.directory, 1);
  await backups.store(STAMP);
  const proof = await backups.verify(STAMP);
  if (stage === 'archive') fillDisk(disks.directory, 1);
  await backups.archive('daily', STAMP);
  if (stage === 'copy') fillDisk(disks.copy, 1);
  await backups.copy(STAMP, 'daily', proof);
  fillDisk(disks.directory, 0);
  return backups.seal(STAMP, 'daily', proof);
}

function incompressible({ database }: SqliteTarget): void {
  const db = new Database(database.file);
  const insert = db.prepare(`insert into indicators (region, value) values ('large', ?)`);
  for (let row = 0; row < MEBIBYTES; row += 1) insert.run(randomBytes(2 ** 20));
  db.close();
}
