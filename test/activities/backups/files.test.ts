import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect } from 'vitest';
import { readKey } from '../../../src/activities/artefact/key.ts';
import { openedArchive } from '../../../src/activities/artefact/sealed-archive.ts';
import { readManifest } from '../../../src/activities/backups/catalogue/backup-store.ts';
import { filePolicies } from '../../../src/activities/backups/making/file-policy.ts';
import type { SqliteTarget } from '../../../src/config/schema/target.ts';
import { test } from '../../support/target.ts';
import { withCompression, withFormat } from '../artefact/age-key.ts';
import { namesIn } from '../database/support/fixtures.ts';
import { play, STAMP, systemsOf } from '../database/support/scenarios.ts';

describe('backups.archive', () => {
  test('puts files, logs and links into an archive that tar opens, and tells each of them', async ({
    target,
  }) => {
    const full = application(withCompression(target, 'none'));
    await systemsOf(full).backups.snapshot(STAMP);

    const first = await systemsOf(full).backups.archive('weekly', STAMP);
    const second = await systemsOf(full).backups.archive('weekly', STAMP);

    expect(first).toMatchObject({ files: 4, missing: ['"gone.conf" is not there'], changed: true });
    expect(second).toEqual({ ...first, changed: false });
    const part = join(full.backups.directory, `${STAMP}.part`);
    expect(statSync(join(part, 'configuration.tar')).mode & 0o777).toBe(0o600);
    const opened = join(full.directory, 'opened');
    mkdirSync(opened);
    execFileSync('tar', ['-xf', join(part, 'data.tar'), '-C', opened]);
    expect(namesBelow(opened)).toEqual(
      namesBelow(full.directory).filter(
        (name) => /^(\.streamlit|logs)/.test(name) && !/pyc/.test(name),
      ),
    );
    expect(readFileSync(join(opened, LONG))).toEqual(readFileSync(join(full.directory, LONG)));
    expect(statSync(join(opened, LONG)).mode & 0o777).toBe(0o640);
  });

  test('seals what it told, and the second disk has the same', async ({ target }) => {
    const full = application(await withFormat(target, 'zstd, age'));
    const copy = join(target.directory, 'second');
    mkdirSync(copy);
    const doubled = { ...full, backups: { ...full.backups, copy } };

    await play(doubled, 'backUpAll');

    const [here, there] = [full.backups.directory, copy].map((directory) => {
      const names = namesIn(join(directory, STAMP));
      const manifest = readManifest(STAMP, join(directory, STAMP, 'manifest.json'));
      return { names, manifest };
    });
    expect(here!.names).toEqual([
      'app.db.zst.age',
      'configuration.tar.zst.age',
      'data.tar.zst.age',
      'manifest.json',
      'manifest.json.sig',
    ]);
    expect(there).toEqual(here);
    const key = await readKey(doubled);
    const configuration = await openedArchive(here!.manifest.archives[0]!, key, STAMP);
    expect(configuration).toMatchObject({
      name: 'configuration',
      missing: ['"gone.conf" is not there'],
      entries: [{ type: 'file', path: '.env', mode: '600', bytes: SECRET.length }],
    });
    // Nothing of it can be read without the key.
    expect(
      execFileSync('grep', ['-rlF', SECRET, '.'], { cwd: target.directory, encoding: 'utf8' }),
    ).toBe('./.env\n');
  });

  test('refuses a file that becomes shorter while it is copied, and is tried again', async ({
    target,
  }) => {
    const { packed } = await import('../../../src/activities/artefact/tar.ts');
    const file = join(target.directory, 'big.log');
    writeFileSync(file, Buffer.alloc(9 * 2 ** 20, 'x'));
    const tar = packed([{ path: 'big.log', file, type: 'file', bytes: 0 }]);

    const reading = (async () => {
      let pieces = 0;
      for await (const _ of tar.bytes) {
        writeFileSync(file, '');
        if ((pieces += 1) > 5) return;
      }
    })();

    await expect(reading).rejects.toMatchObject({ type: 'FileChanged', nonRetryable: false });
  });

  test('never takes the database, backups or its own state along', async ({ target }) => {
    const full: SqliteTarget = {
      ...target,
      backups: {
        ...target.backups,
        weekly: { files: ['.'], exclude: [], day: 'SUNDAY', keep: '30d' },
      },
    };
    writeFileSync(join(target.directory, 'notes.txt'), 'a note');
    await systemsOf(full).backups.snapshot(STAMP);

    expect(await systemsOf(full).backups.archive('weekly', STAMP)).toMatchObject({ files: 1 });
  });

  test('says why the policy cannot be kept, of a path that leads out or is no file', async ({
    target,
  }) => {
    execFileSync('mkfifo', [join(target.directory, 'pipe')]);
    mkdirSync(join(target.directory, 'logs'));
    execFileSync('sh', ['-c', `printf x > "$(printf 'logs/\\377.log')"`], {
      cwd: target.directory,
    });
    const strange = {
      ...target,
      backups: { ...target.backups, daily: { files: ['../x', 'pipe', 'logs'], keep: '1d' } },
    };

    await expect(systemsOf(strange).backups.expectFiles('daily', STAMP)).rejects.toMatchObject({
      type: 'FilesMissing',
      message:
        `Not in the backup: "../x" leads out of "${target.directory}"; ` +
        '"pipe" is neither a file nor a directory; "logs/\ufffd.log" is no UTF-8 name',
    });
  });
});

describe('the files of a daily backup', () => {
  test('are those of the week on its day in the target zone, unless weekly-backup is scheduled', ({
    target,
  }) => {
    const riyadh: SqliteTarget = {
      ...target,
      calendar: { ...target.calendar, timezone: 'Asia/Riyadh' },
      backups: {
        ...target.backups,
        weekly: { files: ['data'], exclude: [], day: 'FRIDAY', keep: '30d' },
      },
    };
    const names = (of: SqliteTarget, stamp: string) =>
      filePolicies(of, 'daily', stamp).map(({ name }) => name);

    // 20:59 UTC is still Thursday there, 21:00 is Friday.
    expect(names(riyadh, '20260101_205959')).toEqual([]);
    expect(names(riyadh, '20260101_210000')).toEqual(['data']);
    expect(
      names({ ...riyadh, schedules: { 'weekly-backup': 'FRIDAY 20:00' } }, '20260101_210000'),
    ).toEqual([]);
  });
});

function namesBelow(directory: string): string[] {
  return readdirSync(directory, { recursive: true, encoding: 'utf8' }).toSorted();
}

const SECRET = 'TOKEN=never to be read in a backup that is encrypted';
const LONG = `logs/${'long '.repeat(30)}/${'name'.repeat(40)}.log`;

/** The application of manual B, and a configuration that names a file that is not there. */
function application(target: SqliteTarget): SqliteTarget {
  const at = (path: string) => join(target.directory, path);
  writeFileSync(at('.env'), SECRET, { mode: 0o600 });
  mkdirSync(at('.streamlit/__pycache__'), { recursive: true });
  mkdirSync(join(at(LONG), '..'), { recursive: true });
  mkdirSync(at('logs/empty'));
  writeFileSync(at('.streamlit/config.toml'), '[server]\n');
  writeFileSync(at('.streamlit/x.pyc'), 'compiled');
  writeFileSync(at('.streamlit/__pycache__/y'), 'compiled');
  writeFileSync(at('logs/ä.log'), 'a line\n'.repeat(1000));
  writeFileSync(at(LONG), '');
  chmodSync(at(LONG), 0o640);
  symlinkSync('ä.log', at('logs/current'));
  return {
    ...target,
    backups: {
      ...target.backups,
      daily: { files: ['.env', 'gone.conf'], keep: '30d' },
      weekly: {
        files: ['.streamlit', 'logs'],
        exclude: ['*.pyc', '__pycache__'],
        day: 'FRIDAY',
        keep: '56d',
      },
    },
  };
}
