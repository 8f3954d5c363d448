import {
  chownSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect } from 'vitest';
import { LogFile } from '../../../src/config/schema/logs.ts';
import type { SqliteTarget } from '../../../src/config/schema/target.ts';
import { BACKED_UP, furnish, furniture, MERGED, SPOILT } from '../../support/furnished.ts';
import { withFormat } from '../artefact/age-key.ts';
import { refusal } from '../database/support/fixtures.ts';
import { backedUp, backUp } from './support/back-up.ts';
import { filesOf, play, requestFor, STAMP } from './support/scenario.ts';
import { test } from './support/world.ts';

const LATER = '20260104_010000';

describe('files.compare', () => {
  test('tells by name what differs, and changes nothing', async ({ full }) => {
    furnish(full, SPOILT);
    const files = filesOf(full);

    const compared = await files.compare(await requestFor(files));

    expect(compared).toMatchObject({
      missing: 2,
      changed: 2,
      same: 2,
      names: [
        '.env (changed)',
        'app.conf (missing)',
        'data/deep/south.csv (missing)',
        'data/north.csv (changed)',
      ],
      keptKeys: ['API_TOKEN', 'DATABASE_URL', 'NEW_KEY'],
      restoredKeys: ['LEVEL'],
    });
    expect(JSON.stringify(compared)).not.toContain('now');
    expect(existsSync(join(full.state, `files-${STAMP}`))).toBe(false);
  });
});

describe('files.place', () => {
  test('restores from an encrypted backup on the second disk', async ({ target }) => {
    const copy = join(target.directory, 'second');
    mkdirSync(copy);
    const { encryption } = (await withFormat(target, 'zstd, age')).backups;
    const full = await backedUp(target, { ...(encryption && { encryption }) });
    rmSync(copy, { recursive: true });
    symlinkSync(full.backups.directory, copy);
    furnish(full, SPOILT);
    const second = {
      ...full,
      backups: { ...full.backups, copy, directory: join(full.directory, 'gone') },
    };

    await play(second, 'restore');

    expect(furniture(full)).toEqual({ ...BACKED_UP, '.env': MERGED });
  });

  test('answers that nothing changed when it is asked again, and restores no file over later writes', async ({
    full,
  }) => {
    furnish(full, SPOILT);
    await play(full, 'restore');
    furnish(full, { 'app.conf': 'written since' });
    const files = filesOf(full);

    const again = [
      await files.stage(await requestFor(files), STAMP),
      await files.keep(STAMP),
      await files.place(STAMP),
    ];

    expect(again.map(({ changed }) => changed)).toEqual([false, false, false]);
    expect(furniture(full, ['app.conf'])).toEqual({ 'app.conf': 'written since' });
  });

  // Only root may give files away.
  test.skipIf(process.getuid?.() !== 0)(
    'gives a file the owner of the one before, and a new one that of its directory',
    async ({ full }) => {
      furnish(full, SPOILT);
      const at = (path: string) => join(full.directory, path);
      rmSync(at('data/deep'), { recursive: true });
      chownSync(at('.env'), 1234, 1234);
      chownSync(at('data'), 1235, 1235);

      await play(full, 'restore');

      const owners = ['.env', 'data/north.csv', 'data/deep', 'data/deep/south.csv'].map(
        (path) => statSync(at(path)).uid,
      );
      expect(owners).toEqual([1234, 0, 1235, 1235]);
      expect(statSync(at('.env')).mode & 0o777).toBe(0o640);
      expect(statSync(at('data/north.csv')).mode & 0o777).toBe(0o640);
      expect(statSync(join(full.state, `files-${STAMP}`)).mode & 0o777).toBe(0o700);
    },
  );

  test('never restores a log, a rotated log, or the database', async ({ target }) => {
    const log = LogFile.parse({ file: join(target.directory, 'data/app.log') });
    furnish(target, { 'data/app.log': 'old', 'data/app.log.1': 'older', 'data/app.csv': 'x' });
    const full = { ...(await backedUp(target)), logs: [log] };
    furnish(full, { 'data/app.log': 'live', 'data/app.log.1': undefined, 'data/app.csv': 'y' });
    const files = filesOf(full);

    const { leftOut } = await files.compare(await requestFor(files));
    await play(full, 'restore');

    expect(leftOut).toEqual(['2 logs or other files that are never restored over']);
    expect(furniture(full, ['data/app.log', 'data/app.log.1', 'data/app.csv'])).toEqual({
      'data/app.log': 'live',
      'data/app.log.1': undefined,
      'data/app.csv': 'x',
    });
  });

  test('follows the links that the policy names, and brings back those inside', async ({
    target,
  }) => {
    const elsewhere = join(target.directory, 'elsewhere');
    mkdirSync(elsewhere);
    writeFileSync(join(elsewhere, 'app.conf'), 'x');
    furnish(target, { 'app.conf': undefined });
    const full = await linked(target);
    rmSync(join(full.directory, 'data/now.csv'));
    furnish({ directory: elsewhere }, { 'app.conf': 'spoilt' });
    const files = filesOf(full);

    const { leftOut } = await files.compare(await requestFor(files));
    await play(full, 'restore');

    expect(lstatSync(join(full.directory, 'app.conf')).isSymbolicLink()).toBe(true);
    expect(readFileSync(join(elsewhere, 'app.conf'), 'utf8')).toBe(BACKED_UP['app.conf']);
    expect(readlinkSync(join(full.directory, 'data/now.csv'))).toBe('north.csv');
    expect(leftOut).toEqual([`The link "data/out" leads out of "${full.directory}"`]);
  });

  test('writes through no link that lies where a directory was, and over nothing of another sort', async ({
    full,
  }) => {
    const deep = join(full.directory, 'data/deep');
    const outside = join(full.directory, 'outside');
    rmSync(deep, { recursive: true });
    mkdirSync(outside);
    symlinkSync(outside, deep);
    const files = filesOf(full);

    const through = await refusal(files.compare(await requestFor(files)));
    rmSync(deep);
    writeFileSync(deep, 'a file');
    const over = await refusal(files.compare(await requestFor(files)));

    expect([through.type, over.type]).toEqual(['FileInTheWay', 'FileInTheWay']);
    expect(over.message).toBe(
      'Cannot restore "data/deep": "data/deep" is no directory here; move it away, and start again',
    );
    expect(existsSync(join(outside, 'south.csv'))).toBe(false);
  });

  test('writes through no link that took the place of a directory after all was staged', async ({
    full,
  }) => {
    furnish(full, SPOILT);
    const deep = join(full.directory, 'data/deep');
    const outside = join(full.directory, 'outside');
    const files = filesOf(full);
    await files.stage(await requestFor(files), STAMP);
    await files.keep(STAMP);
    rmSync(deep, { recursive: true });
    mkdirSync(outside);
    symlinkSync(outside, deep);

    const refused = await refusal(files.place(STAMP));

    expect(refused.type).toBe('FileInTheWay');
    expect(existsSync(join(outside, 'south.csv'))).toBe(false);
  });

  test('keeps a password that is changed between the comparison and the stop', async ({ full }) => {
    furnish(full, SPOILT);
    const files = filesOf(full);
    await files.stage(await requestFor(files), STAMP);
    furnish(full, { '.env': 'API_TOKEN=even newer\n' });

    const refused = await refusal(files.keep(STAMP));

    expect(refused).toMatchObject({ type: 'FileChanged', nonRetryable: true });
    await files.discard(STAMP);
    expect(existsSync(join(full.state, `files-${STAMP}`))).toBe(false);
    expect(furniture(full, ['.env'])).toEqual({ '.env': 'API_TOKEN=even newer\n' });
  });
});

/** With `app.conf` elsewhere, and a link in its data that stays inside and one that does not. */
async function linked(target: SqliteTarget): Promise<SqliteTarget> {
  const full = await backedUp(target);
  rmSync(join(full.directory, 'app.conf'));
  writeFileSync(join(full.directory, 'elsewhere/app.conf'), BACKED_UP['app.conf']!);
  symlinkSync(join(full.directory, 'elsewhere/app.conf'), join(full.directory, 'app.conf'));
  symlinkSync('north.csv', join(full.directory, 'data/now.csv'));
  symlinkSync('/etc/hostname', join(full.directory, 'data/out'));
  await backUp(full, LATER);
  return full;
}
