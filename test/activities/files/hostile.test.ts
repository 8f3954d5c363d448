import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect } from 'vitest';
import { bytesOf } from '../../../src/activities/artefact/bytes.ts';
import type { Entry } from '../../../src/activities/artefact/manifest.ts';
import { entriesIn } from '../../../src/activities/artefact/tar.ts';
import type { SqliteTarget } from '../../../src/config/schema/target.ts';
import { sha256Of } from '../../../src/os/files/sha256.ts';
import { test } from '../../support/target.ts';
import { refusal } from '../database/support/fixtures.ts';
import { BACKUP } from '../database/support/scenarios.ts';
import { backedUp } from './support/back-up.ts';
import { filesOf, requestFor, STAMP } from './support/scenario.ts';
import { writeUnsigned } from '../backups/support/write-manifest.ts';

/** How `tar` is told to make each, in a directory that has `file`. */
const archives: Readonly<Record<string, readonly string[]>> = {
  'a path that leads out': ['--transform=s,file,../escaped,', 'file'],
  'an absolute path': ['--transform=s,file,/tmp/escaped-absolute,', 'file'],
  'a device': ['null'],
  'a named pipe': ['pipe'],
  'a hard link': ['file', 'hard'],
  'a file below a link': ['link', '--transform=s,under,link/under,', 'under'],
};

describe('an archive that was tampered with', () => {
  for (const [what, args] of Object.entries(archives))
    test(`is refused for ${what}, and nothing is written`, async ({ target }) => {
      const full = await tampered(target, args);
      const files = filesOf(full);

      const refused = await refusal(files.stage(await requestFor(files), STAMP));

      expect(refused).toMatchObject({ type: 'BackupDamaged', nonRetryable: true });
      const names = ['escaped', '../escaped', 'link', 'pipe', 'null', 'hard', 'under'];
      const written = [...names, join(full.state, 'escaped'), '/tmp/escaped-absolute'].filter(
        (name) => existsSync(resolve(full.directory, name)),
      );
      expect(written).toEqual([]);
      expect(existsSync(join(full.state, `files-${STAMP}`))).toBe(false);
    });

  test('is refused when its manifest names another file', async ({ target }) => {
    const full = await tampered(target, ['file'], (entries) =>
      entries.map((entry) => ({ ...entry, path: '.env' })),
    );
    const files = filesOf(full);

    const refused = await refusal(files.compare(await requestFor(files)));

    expect(refused.message).toContain('".env" is not as the manifest says');
  });
});

/** Replaces the configuration of the backup, and tells in its manifest what the new archive has. */
async function tampered(
  target: SqliteTarget,
  args: readonly string[],
  change = (entries: Entry[]) => entries,
): Promise<SqliteTarget> {
  const full = await backedUp(target, { compression: 'none' });
  const place = join(target.directory, 'place');
  mkdirSync(place);
  writeFileSync(join(place, 'file'), 'a file');
  writeFileSync(join(place, 'under'), 'a file');
  symlinkSync('/tmp', join(place, 'link'));
  execFileSync('ln', ['file', 'hard'], { cwd: place });
  execFileSync('mkfifo', ['pipe'], { cwd: place });
  if (args[0] === 'null') execFileSync('mknod', ['null', 'c', '1', '3'], { cwd: place });
  const backup = join(full.backups.directory, BACKUP);
  const archive = join(backup, 'configuration.tar');
  rmSync(archive);
  execFileSync('tar', ['-P', '-cf', archive, ...args], { cwd: place });
  const facts = { bytes: readFileSync(archive).length, sha256: sha256Of(archive) };
  const entries = change(await entriesIn(bytesOf(archive)));
  const manifest = join(backup, 'manifest.json');
  const text = JSON.parse(readFileSync(manifest, 'utf8')) as { archives: object[] };
  const stored = { file: 'configuration.tar', ...facts, compression: 'none' };
  text.archives = [{ name: 'configuration', ...facts, stored, entries, missing: [] }];
  // The data is of no matter here.
  text.archives.push({ ...text.archives[0], name: 'data', entries });
  writeUnsigned(manifest, text);
  return full;
}
