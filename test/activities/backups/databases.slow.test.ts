import { execFileSync } from 'node:child_process';
import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect } from 'vitest';
import { liveFile } from '../../../src/os/files/live-file.ts';
import { ROWS, test } from '../../support/target.ts';
import { leaveInLog } from '../database/support/database-files.ts';
import { backUp, namesIn, refusal } from '../database/support/fixtures.ts';
import { seenInBackup } from '../database/support/opened.ts';
import { whileWritten } from '../database/support/processes.ts';
import { BACKUP, play, STAMP, systemsOf } from '../database/support/scenarios.ts';
import { contentOf, strange } from './support/strange-databases.ts';

describe('backed up and restored, with everything that is in it', () => {
  for (const [name, make] of Object.entries(strange))
    test(`a database with ${name}`, async ({ target }) => {
      const { file } = target.database;
      rmSync(file);
      make(file);
      await backUp(target);
      const before = contentOf(file);
      leaveInLog(liveFile(file), 5);

      await play(target, 'restore');

      expect(contentOf(file)).toEqual(before);
    });

  test('a database that is written to all the time', async ({ target }) => {
    await whileWritten(target, 'WAL', async () => {
      await backUp(target);
    });

    const seen = await seenInBackup(target, BACKUP);
    expect(seen?.check).toBe('ok');
    expect(seen?.rows).toBeGreaterThan(ROWS);
  });
});

describe('refused, with nothing made', () => {
  test('a directory of backups that cannot be written to', async ({ target, skip }) => {
    skip(process.getuid?.() !== 0, 'only root can mount a disk');
    const { directory } = target.backups;
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'ro', 'tmpfs', directory]);
    try {
      const refused = await refusal(systemsOf(target).backups.snapshot(STAMP));

      expect(refused.message).toMatch(/EROFS: read-only file system, mkdir/);
    } finally {
      execFileSync('umount', [directory]);
    }
    expect(namesIn(directory)).toEqual([]);
  });

  test('a database whose real name is no UTF-8', async ({ target }) => {
    const script = 'mv app.db "$(printf \'\\377.db\')" && ln -s "$(printf \'\\377.db\')" app.db';
    execFileSync('sh', ['-c', script], { cwd: target.directory });

    const refused = await refusal(systemsOf(target).backups.snapshot(STAMP));

    expect(refused).toMatchObject({ type: 'DatabaseMissing', nonRetryable: true });
    expect(readdirSync(target.backups.directory)).toEqual([]);
  });

  test('a page that another index knows nothing of: only integrity_check sees it', async ({
    target,
  }) => {
    // The index keeps what the table has no more, as a bug or a broken disk leaves it.
    spoilIndex(target.database.file);
    const { backups } = systemsOf(target);
    await backups.snapshot(STAMP);
    await backups.store(STAMP);

    const refused = await refusal(backups.verify(STAMP));

    expect(refused).toMatchObject({ type: 'DatabaseCorrupt', nonRetryable: true });
    expect(refused.message).toMatch(
      /^The live database ".*app.db" is damaged: integrity_check of its copy says "row 7 missing from index by_region"$/,
    );
  });

  test('nothing of that sort within a week of the last integrity_check', async ({ target }) => {
    await backUp(target);
    spoilIndex(target.database.file);

    const { checks } = await backUp(target, { stamp: STAMP });
    const late = { ...target, backups: { ...target.backups, fullCheck: '0s' } };
    const refused = await refusal(backUp(late, { stamp: '20260107_020000' }));

    expect(checks).toContain('quick_check');
    expect(refused.message).toMatch(/It last passed its check in full at 20\d\d-/);
  });
});

/** Takes an index away from under its rows. */
function spoilIndex(file: string): void {
  execFileSync(process.execPath, [join(import.meta.dirname, 'support/spoil-index.ts'), file]);
}
