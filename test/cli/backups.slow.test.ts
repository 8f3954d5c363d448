import { cpSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect } from 'vitest';
import { stringify } from 'yaml';
import { listBackups } from '../../src/activities/backups/catalogue/backup-store.ts';
import type { PlaceRetention } from '../../src/activities/backups/retention/prune.ts';
import type { SqliteTarget } from '../../src/config/schema/target.ts';
import { withKey } from '../activities/artefact/age-key.ts';
import { FORGED, forge } from '../activities/backups/support/forge.ts';
import { flipBit } from '../activities/backups/support/flip-bit.ts';
import { ageBackups } from '../activities/database/support/aged-backups.ts';
import { backUp } from '../activities/database/support/fixtures.ts';
import { test } from '../support/target.ts';
import { runbook } from './support/runbook.ts';

/** What needs no server: so it must be possible when there is none. */
describe('backups', () => {
  test('are pinned, judged and proven without Temporal', async ({ target, directory }) => {
    const env = targetsIn(directory, target);
    const now = new Date().toISOString();
    const { id } = await backUp(target);
    const [expired, older] = ageBackups(target, id, [42, 43, 1], { now });

    const pinned = await runbook(['backups', 'pin', expired!, '--reason', 'a test'], env);
    const plan = await runbook(['backups', 'prune', '--plan', '--json'], env);
    const proven = await runbook(['backups', 'verify'], env);

    expect(pinned).toMatchObject({ exitCode: 0, stdout: `${expired} stays until it is unpinned` });
    const [place] = JSON.parse(plan.stdout) as PlaceRetention[];
    expect(place!.remove.map((one) => one.id)).toEqual([older]);
    expect(place!.keep.find((one) => one.id === expired)?.reason).toMatch(/ because a test$/);
    expect(proven).toMatchObject({ exitCode: 0, stdout: expect.stringContaining('proven') });
    expect(listBackups(target.backups.directory)).toHaveLength(4);
  });

  test('are listed without anything that a terminal would obey, whatever lies beside them', async ({
    target,
    directory,
  }) => {
    const env = targetsIn(directory, target);
    const { id } = await backUp(target);
    const escape = '\u001B]8;;https://evil.example/\u0007\u001B[2J\u009B31m\u202E\r';
    const pin = { by: escape, reason: escape, at: new Date().toISOString() };
    writeFileSync(join(target.backups.directory, id, 'pin.json'), JSON.stringify(pin));
    const copy = `app.db.backup_20260101_${escape.replaceAll('/', '')}000000.db`;
    cpSync(target.database.file, join(target.backups.directory, copy));
    mkdirSync(join(target.backups.directory, '20260102_010000'));
    const manifest = join(target.backups.directory, '20260102_010000', 'manifest.json');
    writeFileSync(manifest, JSON.stringify({ version: 2, [escape]: escape, id: escape }));

    const listed = await runbook(['backups', 'list'], env);
    const inJson = await runbook(['backups', 'list', '--json'], env);

    // oxlint-disable-next-line no-control-regex
    const obeyed = /[\u0000-\u0008\u000B-\u001F\u007F-\u009F\u202E]/;
    expect(listed.stdout).toContain('is pinned by');
    for (const { stdout, stderr } of [listed, inJson]) expect(stdout + stderr).not.toMatch(obeyed);
    expect(JSON.parse(inJson.stdout)).toContainEqual(expect.objectContaining({ id, pin }));
  });

  test('that nobody has signed are told apart, until somebody answers for them', async ({
    target,
    directory,
  }) => {
    const encrypted = await withKey(target);
    const env = targetsIn(directory, encrypted);
    await backUp(encrypted);
    await forge(encrypted);

    const listed = await runbook(['backups', 'list'], env);
    const without = await runbook(['backups', 'trust', FORGED], env);
    const unknown = await runbook(['backups', 'trust', 'nothing', '--because', 'x'], env);
    const trusted = await runbook(['backups', 'trust', FORGED, '--because', 'I made it'], env);
    const after = await runbook(['backups', 'list', '--json'], env);
    const key = await runbook(['backups', 'key'], env);

    expect(listed.stdout).toMatch(
      new RegExp(`${FORGED}  untrusted  It is not encrypted, and nobody has signed it`),
    );
    expect(listed.stderr).toContain(`Try: runbook backups trust --target ${target.name} ${FORGED}`);
    expect(without.exitCode).toBe(2);
    expect(unknown).toMatchObject({
      exitCode: 2,
      stderr: expect.stringContaining('Error: Cannot find a whole backup "nothing"'),
    });
    expect(trusted).toMatchObject({ exitCode: 0, stdout: `${FORGED} counts as ours` });
    expect(JSON.parse(after.stdout)).toContainEqual(
      expect.objectContaining({
        id: FORGED,
        state: 'verified',
        author: expect.stringMatching(/^trusted by /),
      }),
    );
    expect(key).toMatchObject({ exitCode: 0, stdout: expect.stringMatching(/^ssh-ed25519 AAAA/) });
    expect(key.stderr).toContain('Try: echo ');
  });

  test('are listed with the raw files of damaged databases, which a pin keeps, too', async ({
    target,
    directory,
  }) => {
    const env = targetsIn(directory, target);
    await backUp(target);
    const files = ['20260101_000000', '20260102_000000', '20260103_000000'].map(
      (stamp) => `${target.database.file}.pre-${stamp}`,
    );
    for (const file of files) writeFileSync(file, 'rows of old');

    const listed = await runbook(['backups', 'list'], env);
    const inJson = await runbook(['backups', 'list', '--json'], env);
    const pinned = await runbook(['backups', 'pin', '20260102_000000', '--reason', 'court'], env);
    const plan = await runbook(['backups', 'prune', '--plan'], env);

    expect(listed.stdout).toMatch(/^Raw files of databases, no backups: 3, .* after 90d/m);
    for (const file of files) expect(listed.stdout).toContain(file);
    expect((JSON.parse(inJson.stdout) as object[]).at(-1)).toEqual({
      state: 'raw',
      id: '20260101_000000',
      sort: 'replaced',
      files: [files[0]],
      bytes: 11,
    });
    expect(pinned.exitCode).toBe(0);
    expect(plan.stdout).toMatch(/^Raw files of databases: 1 would go/m);
    expect(plan.stdout).toMatch(/^ {2}goes +20260101_000000/m);
    expect(plan.stdout).toMatch(/^ {2}stays +20260102_000000 .* pinned by .* because court/m);
  });

  test('of two disks are one list, which tells where each lies, and a disk that is not there', async ({
    target,
    directory,
  }) => {
    const copy = join(directory, 'second');
    const env = targetsIn(directory, { ...target, backups: { ...target.backups, copy } });
    const { id } = await backUp(target);
    const [older] = ageBackups(target, id, [42], { now: new Date().toISOString() });
    cpSync(target.backups.directory, copy, { recursive: true });
    rmSync(join(copy, older!), { recursive: true });
    flipBit(join(target.backups.directory, id, 'app.db.zst'));

    const proven = await runbook(['backups', 'verify', id], env);
    const listed = await runbook(['backups', 'list'], env);
    rmSync(target.backups.directory, { recursive: true });
    const onlySecond = await runbook(['backups', 'verify', '--all'], env);
    const lost = await runbook(['backups', 'list', '--json'], env);

    expect(proven.exitCode).toBe(1);
    expect(proven.stdout).toMatch(/^\S+ {2}proven .* in ".*second" /m);
    expect(proven.stdout).toMatch(/^\S+ {2}damaged .* in ".*backups" /m);
    expect(listed.stdout).toMatch(
      new RegExp(
        `^ *${id} +verified .* in ".*second" \\(verified\\), in ".*" \\(damaged copy\\)$`,
        'm',
      ),
    );
    expect(listed.stdout).toMatch(new RegExp(`^ *${older} +verified .* in ".*backups"$`, 'm'));
    expect(onlySecond).toMatchObject({
      exitCode: 0,
      stderr: expect.stringContaining('cannot be read: it is not there'),
    });
    expect(JSON.parse(lost.stdout)).toMatchObject([
      { id, state: 'verified', place: copy, copies: [{ place: copy }] },
      { state: 'unread', place: target.backups.directory },
    ]);
  });
});

/** Knows this target, and no server. */
function targetsIn(directory: string, target: SqliteTarget): Record<string, string> {
  const targets = join(directory, 'targets');
  mkdirSync(targets);
  writeFileSync(join(targets, `${target.name}.yaml`), stringify(target));
  return { RUNBOOK_TARGETS: targets, TEMPORAL_ADDRESS: '127.0.0.1:1' };
}
