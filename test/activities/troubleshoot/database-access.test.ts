import {
  chmodSync,
  chownSync,
  linkSync,
  mkdirSync,
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
      chmodSync(target.directory, 0o777);
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

  test('judges the file behind a link, and leaves its repair to people', async ({ target }) => {
    const { file } = target.database;
    const real = `${target.directory}/elsewhere/real.db`;
    mkdirSync(`${target.directory}/elsewhere`);
    renameSync(file, real);
    symlinkSync(real, file);
    const troubleshoot = troubleshootActivities(target);

    const well = await troubleshoot.databaseAccess();
    chmodSync(real, 0o444);
    const found = await troubleshoot.databaseAccess();

    expect([well.finding, well.note]).toEqual([undefined, expect.stringContaining(`"${real}"`)]);
    expect(found).toMatchObject({ hopeless: true, repairs: [] });
    expect(found.finding).toMatch(
      /real\.db" has mode 444, .*"[^"]*app\.db", which leads to it, is a link/,
    );
    expect(rights(real)).toMatch(/^444 /);
  });

  test('repairs nothing behind a directory that is a link of the application', async ({
    target,
  }) => {
    const { file } = target.database;
    mkdirSync(`${target.directory}/of-somebody`);
    const theirs = `${target.directory}/of-somebody/app.db`;
    renameSync(file, theirs);
    chmodSync(theirs, 0o444);
    symlinkSync(`${target.directory}/of-somebody`, `${target.directory}/data`);
    target.database.file = `${target.directory}/data/app.db`;

    const found = await troubleshootActivities(target).databaseAccess();

    expect(found).toMatchObject({ hopeless: true, repairs: [] });
    expect(found.finding).toContain('/data", which leads to it, is a link');
  });

  test.skipIf(!isRoot)('says that no journal can be made beside it', async ({ target }) => {
    Object.assign(target.runtime, {
      command: ['setpriv', `--reuid=${NOBODY}`, '--clear-groups', 'true'],
    });
    chmodSync(target.directory, 0o755);
    chownSync(target.database.file, NOBODY, NOBODY);
    chmodSync(target.database.file, 0o600);
    const troubleshoot = troubleshootActivities(target);

    const closed = await troubleshoot.databaseAccess();
    chownSync(target.directory, NOBODY, NOBODY);
    const open = await troubleshoot.databaseAccess();

    expect(closed).toMatchObject({ hopeless: false, repairs: [] });
    expect(closed.finding).toMatch(
      /may not make the journal beside its database, in ".*" \(mode 755, of 0:0\)/,
    );
    expect(open.finding).toBeUndefined();
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
