import {
  chmodSync,
  linkSync,
  mkdirSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { describe, expect } from 'vitest';
import { lookElsewhere } from '../../../src/activities/database/sqlite/place/expect-one-place.ts';
import { test } from '../../support/target.ts';
import { beside, damagePages, leaveHotJournal, leaveInLog } from './support/database-files.ts';
import { backUp, refusal, withOlderBackup } from './support/fixtures.ts';
import { whileOpened, whileRunning, whileWritten } from './support/processes.ts';
import { STAMP, systemsOf } from './support/scenarios.ts';

const writer = fileURLToPath(new URL('support/writer.ts', import.meta.url));
const linux = process.platform === 'linux';
const NO_PROC = 'there is no /proc';

/** A shell that has these open as descriptors 3, 4, ...: to read and to write. */
function whileHeld<Result>(files: string[], use: (pid: number) => Promise<Result>) {
  const opened = files.map((file, index) => `${index + 3}<>"${file}"`).join(' ');
  return whileRunning('sh', ['-c', `exec ${opened}; echo held; read -r end`], use);
}

describe('a database that somebody has open by another name', () => {
  test('is not copied, restored or checked while a hard link is written to', async ({
    target,
    directory,
    skip,
  }) => {
    skip(!linux, NO_PROC);
    const backup = await backUp(target);
    const link = join(directory, 'linked.db');
    linkSync(target.database.file, link);
    const systems = systemsOf(target);

    await whileRunning(process.execPath, [writer, link, 'WAL'], async (pid) => {
      const answers = [
        await refusal(systems.backups.snapshot(STAMP)),
        await refusal(systems.database.stage(backup, STAMP)),
        await refusal(systems.database.expectSound()),
        await refusal(systems.database.reclaim()),
        await refusal(systems.database.analyse()),
        await refusal(systems.database.checkpoint()),
        await refusal(systems.database.compact(STAMP)),
      ];

      for (const { type, nonRetryable, message } of answers) {
        expect([type, nonRetryable]).toEqual(['SidecarsElsewhere', true]);
        expect(message).toContain(
          `Process ${pid} (node) has "${target.database.file}" open as "${link}", and "${link}-wal" is its log`,
        );
      }
    });

    expect(beside(target.database.file)).toEqual([]);
  });

  test('is unclear at most, however it reads without its log', async ({
    target,
    directory,
    skip,
  }) => {
    skip(!linux, NO_PROC);
    const { file } = target.database;
    const { database } = systemsOf(target);
    const link = join(directory, 'linked.db');
    linkSync(file, link);
    damagePages(file);

    const alone = await database.examine();
    const opened = await whileHeld([link, `${link}-wal`], async (pid) => ({
      pid,
      examined: await database.examine(),
      holders: await database.findLockHolders(),
    }));

    expect(alone.verdict).toBe('damaged');
    expect(opened.examined.verdict).toBe('unclear');
    expect(opened.examined.finding).toContain(`Process ${opened.pid} (sh)`);
    expect(opened.holders.note).toContain(
      `sh (process ${opened.pid}) has it open as "${link}", where its locks are not seen`,
    );
  });

  test('is left where the rename would take its log from it', async ({
    target,
    directory,
    skip,
  }) => {
    skip(!linux, NO_PROC);
    const { database } = systemsOf(target);
    const staged = await database.stage(await withOlderBackup(target), STAMP);
    await database.keep(STAMP, { verdict: 'sound' });
    const link = join(directory, 'linked.db');
    linkSync(target.database.file, link);

    await whileRunning(process.execPath, [writer, link, 'WAL'], async () => {
      const refused = await refusal(database.swap(staged));
      expect(refused.type).toBe('SidecarsElsewhere');
    });

    expect(await database.isLive(staged)).toBe(false);
  });

  test('is not copied while its log lies beside a symbolic link', async ({
    target,
    directory,
    skip,
  }) => {
    skip(!linux, NO_PROC);
    const link = join(directory, 'link.db');
    symlinkSync('app.db', link);

    await whileHeld([link, `${link}-wal`], async () => {
      const { message } = await refusal(systemsOf(target).backups.snapshot(STAMP));
      expect(message).toContain(`open as "${link}", and "${link}-wal" is its log`);
    });
  });

  test('is not copied while it writes to a log that was deleted', async ({ target, skip }) => {
    skip(!linux, NO_PROC);
    const { file } = target.database;

    await whileWritten(target, 'WAL', async (pid) => {
      rmSync(`${file}-wal`);
      const { message } = await refusal(systemsOf(target).backups.snapshot(STAMP));
      expect(message).toContain(
        `Process ${pid} (node) has "${file}" open, and "${file}-wal" was deleted under it`,
      );
    });
  });

  test('is copied while somebody only reads it by another name, or looks into what was kept', async ({
    target,
    directory,
    skip,
  }) => {
    skip(!linux, NO_PROC);
    const { backups, database } = systemsOf(target);
    const link = join(directory, 'linked.db');
    linkSync(target.database.file, link);
    await database.keep('20260105_030000', { verdict: 'sound' });

    await whileOpened(link, async () => {
      await whileHeld([`${target.database.file}.pre-20260105_030000`], async () => {
        expect((await backups.snapshot(STAMP)).changed).toBe(true);
      });
    });
  });
});

describe('sidecars beside another name, which nobody has open', () => {
  for (const [what, leave, suffix] of [
    ['a log', (file: string) => leaveInLog(file, 3), '-wal'],
    ['a hot journal', leaveHotJournal, '-journal'],
  ] as const)
    for (const kind of ['symbolic', 'hard'])
      test(`that are ${what} at a ${kind} link keep it from being copied`, async ({
        target,
        directory,
      }) => {
        const { file } = target.database;
        leave(file);
        const link = join(directory, 'link.db');
        renameSync(`${file}${suffix}`, `${link}${suffix}`);
        if (kind === 'hard') linkSync(file, link);
        else symlinkSync('app.db', link);
        const linked = {
          ...target,
          database: { ...target.database, file: kind === 'hard' ? file : link },
        };

        const { type, message } = await refusal(systemsOf(linked).backups.snapshot(STAMP));

        expect(type).toBe('SidecarsElsewhere');
        expect(message).toContain(`"${link}${suffix}" lies beside "${link}"`);
      });

  test("that hold nothing are in nobody's way", async ({ target, directory }) => {
    const link = join(directory, 'link.db');
    symlinkSync('app.db', link);
    writeFileSync(`${link}-wal`, '');
    writeFileSync(`${link}-journal`, Buffer.alloc(512));
    const linked = { ...target, database: { ...target.database, file: link } };

    expect((await systemsOf(linked).backups.snapshot(STAMP)).changed).toBe(true);
  });
});

describe('what cannot be seen', () => {
  test('is told as unknown, and refuses nothing: other users, hard links elsewhere', async ({
    target,
    directory,
    skip,
  }) => {
    skip(process.getuid?.() !== 0, 'only root can become somebody else');
    const link = join(directory, 'elsewhere', 'app.db');
    mkdirSync(dirname(link));
    linkSync(target.database.file, link);
    chmodSync(directory, 0o755);
    const script = `import { lookElsewhere } from '${new URL('../../../src/activities/database/sqlite/place/expect-one-place.ts', import.meta.url).href}';
      // Only now: nobody else may read a checkout that its owner has closed.
      process.setgroups([]);
      process.setgid(65534);
      process.setuid(65534);
      console.log(JSON.stringify(await lookElsewhere(JSON.parse(process.env.TARGET))));`;

    const here = await lookElsewhere(target);
    const { stdout } = await execa(process.execPath, ['--input-type=module', '-e', script], {
      env: { TARGET: JSON.stringify(target) },
    });

    expect(here).toEqual({ unseen: expect.stringContaining('1 more name elsewhere on its disk') });
    expect(JSON.parse(stdout)).toEqual({
      unseen: expect.stringMatching(
        /\d+ processes? of other users cannot be looked into; it has 1 more/,
      ),
    });
  });
});
