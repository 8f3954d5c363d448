import {
  chmodSync,
  linkSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { describe, expect } from 'vitest';
import { troubleshootActivities } from '../../../src/activities/troubleshoot/troubleshoot-activities.ts';
import { test } from '../../support/target.ts';
import { refusal } from '../database/support/fixtures.ts';

const isRoot = process.getuid?.() === 0 && process.platform === 'linux';
const NOBODY = 65_534;

const rights = (file: string) => {
  const { mode, uid } = statSync(file);
  return `${(mode & 0o777).toString(8)} ${uid}`;
};

describe.skipIf(process.platform !== 'linux')('troubleshoot.databaseAccess', () => {
  test('finds nothing wrong where the application may read and write', async ({ target }) => {
    const found = await troubleshootActivities(target).databaseAccess();

    expect(found).toMatchObject({ hopeless: false, repairs: [] });
    expect(found.finding).toBeUndefined();
  });

  test("makes it the policy's mode, never looser, and an undo brings back what it was", async ({
    target,
  }) => {
    const { file } = target.database;
    const troubleshoot = troubleshootActivities(target);
    chmodSync(file, 0o444);

    const { repairs, finding } = await troubleshoot.databaseAccess();
    const loose = repairs.map(({ from, to }) => ({ from, to: { ...to, mode: 0o666 } }));
    const first = await troubleshoot.permitDatabase(loose);
    const again = await troubleshoot.permitDatabase(repairs);

    expect(finding).toMatch(/" has mode 444, of /);
    expect([first.changed, again.changed]).toEqual([true, false]);
    expect(rights(file)).toMatch(/^600 /);
    expect(await troubleshoot.unpermitDatabase(repairs)).toEqual({ changed: true });
    expect(rights(file)).toMatch(/^444 /);
  });

  test.skipIf(!isRoot)(
    "gives it to the application's user, and its log too",
    async ({ target }) => {
      const { file } = target.database;
      Object.assign(target.runtime, {
        command: ['setpriv', `--reuid=${NOBODY}`, '--clear-groups', 'true'],
      });
      chmodSync(target.directory, 0o755);
      writeFileSync(`${file}-wal`, '');
      const troubleshoot = troubleshootActivities(target);

      const { repairs } = await troubleshoot.databaseAccess();
      await troubleshoot.permitDatabase(repairs);

      expect([rights(file), rights(`${file}-wal`)]).toEqual([`600 ${NOBODY}`, `600 ${NOBODY}`]);
      expect((await troubleshoot.databaseAccess()).finding).toBeUndefined();
    },
  );

  test('never follows a link, and leaves a file with a second name to people', async ({
    target,
  }) => {
    const { file } = target.database;
    const other = `${target.directory}/other`;
    const troubleshoot = troubleshootActivities(target);
    chmodSync(file, 0o444);
    const { repairs } = await troubleshoot.databaseAccess();

    linkSync(file, other);
    const named = await troubleshoot.databaseAccess();
    const refused = await refusal(troubleshoot.permitDatabase(repairs));
    renameSync(file, `${file}.away`);
    rmSync(other);
    writeFileSync(other, 'of somebody else', { mode: 0o640 });
    symlinkSync(other, file);
    const swapped = await refusal(troubleshoot.permitDatabase(repairs));

    expect(named).toMatchObject({ hopeless: true, repairs: [] });
    expect(named.finding).toContain('it has 2 names');
    expect([refused.type, swapped.type]).toEqual(['FileChanged', 'FileChanged']);
    expect(rights(other)).toMatch(/^640 /);
  });

  test('touches no file that is not of the database, whatever it is told', async ({ target }) => {
    const other = `${target.directory}/shadow`;
    writeFileSync(other, '', { mode: 0o600 });
    const { ino, dev, uid, gid } = statSync(other);
    const from = { file: other, inode: `${dev}:${ino}`, mode: 0o600, uid, gid };

    const refused = await refusal(
      troubleshootActivities(target).permitDatabase([{ from, to: { mode: 0o666, uid, gid } }]),
    );

    expect(refused.type).toBe('NotPermitted');
    expect(rights(other)).toMatch(/^600 /);
  });
});
