import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { execa } from 'execa';
import { describe, expect } from 'vitest';
import { manualOf } from '../../src/cli/manual/manual-of.ts';
import { catalogue } from '../../src/client/catalogue.ts';
import type { SqliteTarget } from '../../src/config/schema/target.ts';
import { findOnPath } from '../../src/dev/server/find-on-path.ts';
import { targetIn, test } from '../support/target.ts';

describe('a page of the manual', () => {
  test('leaves the shell as it was, in which the application is started', ({ target }) => {
    const lines = [...catalogue.keys()].flatMap((runbook) => linesOf(target, runbook));
    // Those in a subshell of several lines stand between its brackets.
    const outside = lines.join('\n').replaceAll(/^\($[^]*?^\)$/gm, '');

    expect(outside).not.toMatch(/^umask/m);
  });

  test('contain keeps no other project down that has a service of the same name', ({
    directory,
  }) => {
    writeFileSync(join(directory, 'docker-compose.yml'), 'services: { app: { image: x } }\n');
    const runtime = { kind: 'compose', service: 'app', project: 'shop' } as const;

    const text = linesOf(targetIn(directory, { runtime }), 'contain').join('\n');

    expect(text).toMatch(/docker update --restart=no \$\(docker compose .*-p shop ps -aq 'app'\)/);
    expect(text).not.toContain('--filter');
  });

  test('system-recovery reads what is encrypted', ({ directory }) => {
    const encryption = { key: 'file:/root/backup.key' };
    const backups = { directory: join(directory, 'backups'), encryption };

    const text = linesOf(targetIn(directory, { backups }), 'system-recovery').join('\n');

    expect(text).toContain(
      `age -d -i '/root/backup.key' "$backups/\${backup:?}"/'configuration.tar.zst.age' | zstd -dc`,
    );
  });
});

const tools = ['bash', 'sqlite3', 'zstd', 'fuser', 'setsid'];
// Typed as people do it: what fails does not end the shell. Skipped where a program is missing.
describe.skipIf(!tools.every((tool) => findOnPath(tool)))('typed on after what has failed', () => {
  test('rollback keeps the live database where the old one is mistyped', async ({ target }) => {
    const { file } = target.database;
    const live = readFileSync(file);
    writeFileSync(`${file}.pre-empty`, '');
    copyFileSync(file, `${file}.pre-1-wal`);
    const mistyped = ['', 'none', 'app.db.pre-1', `${file}.pre-empty`, file, `${file}.pre-1-wal`];

    for (const old of mistyped) {
      const { stderr } = await typed(target, 'rollback', `'${old}'`);
      expect(stderr).toContain('STOP: ');
    }
    const unset = linesOf(target, 'rollback').filter((line) => !line.startsWith('old='));
    await shell(unset);

    expect(readFileSync(file).equals(live)).toBe(true);
    expect(made(target, '.by-hand-')).toEqual([]);
  });

  test('rollback puts all of the old one in place of all of the live one', async ({ target }) => {
    const { file } = target.database;
    writeFileSync(`${file}-wal`, 'of the live one');
    writeFileSync(`${file}.pre-1`, 'old');
    writeFileSync(`${file}.pre-1-wal`, 'of the old one');

    const { stdout } = await typed(target, 'rollback', `'${file}.pre-1'`);

    expect(stdout).toMatch(/^put aside$[^]*^back$/m);
    expect([file, `${file}-wal`].map((one) => readFileSync(one, 'utf8'))).toEqual([
      'old',
      'of the old one',
    ]);
    expect(made(target, '.by-hand-')).toHaveLength(2);
  });

  test('database-recovery keeps the live one without a backup', async ({ target }) => {
    const live = readFileSync(target.database.file);

    const { stderr } = await typed(target, 'database-recovery', '');

    expect(stderr).toContain('STOP: there is no copy');
    expect(readFileSync(target.database.file).equals(live)).toBe(true);
    expect(made(target, '.by-hand-')).toEqual([]);
  });

  test('nothing is started without its database', async ({ directory, target }) => {
    const runtime = { ...target.runtime, command: ['touch', 'started'] } as SqliteTarget['runtime'];
    rmSync(target.database.file);

    const { stderr } = await typed({ ...target, runtime }, 'restart-application', '');

    expect(stderr).toContain('STOP: the database is not there: never start without it');
    expect(readdirSync(directory)).not.toContain('started');
  });

  test('database-issue keeps what belongs to the database, and no copy of it', async ({
    target,
  }) => {
    const { file } = target.database;
    for (const end of ['-wal', '.pre-1', '.pre-2-wal']) writeFileSync(`${file}${end}`, '');

    await typed(target, 'database-issue', '');

    const [evidence] = readdirSync(target.backups.directory);
    const kept = readdirSync(join(target.backups.directory, evidence!));
    expect(kept.filter((name) => name !== 'app.db-shm').toSorted()).toEqual([
      'SHA256SUMS',
      'app.db',
      'app.db-wal',
    ]);
  });

  test('database-locked ends nobody who has not the database open', async ({ target }) => {
    const stranger = spawn('sleep', ['60']);
    await once(stranger, 'spawn');

    await typed(target, 'database-locked', String(stranger.pid));

    const alive = stranger.kill(0);
    stranger.kill();
    expect(alive).toBe(true);
  });

  test('system-recovery names the files that differ, and prints nothing of them', async ({
    directory,
    target,
  }) => {
    const stored = join(target.backups.directory, '20260105_020000');
    mkdirSync(join(directory, 'kept/conf'), { recursive: true });
    mkdirSync(stored);
    writeFileSync(join(stored, 'manifest.json'), '{}');
    writeFileSync(join(directory, 'kept/.env'), 'KEY=hunter1\n');
    writeFileSync(join(directory, 'kept/conf/a b.ini'), 'x\n');
    writeFileSync(join(directory, 'kept/same'), 'same\n');
    writeFileSync(join(directory, '.env'), 'KEY=hunter2\n');
    writeFileSync(join(directory, 'same'), 'same\n');
    const tar = join(directory, 'configuration.tar');
    await execa('tar', ['-cf', tar, '-C', join(directory, 'kept'), '.']);
    await execa('zstd', ['-q', tar, '-o', join(stored, 'configuration.tar.zst')]);

    const { stdout, stderr } = await typed(target, 'system-recovery', '');

    const named = stdout.split('\n').filter((line) => line.startsWith('./'));
    expect(named.toSorted()).toEqual(['./.env', './conf/a b.ini']);
    expect(stdout + stderr).not.toMatch(/hunter/);
  });
});

function linesOf(target: SqliteTarget, runbook: string): string[] {
  const [page] = manualOf(target, [[runbook, catalogue.get(runbook)!]]);
  return page!.parts.flatMap(({ type = [] }) => type);
}

/** `filled`: what stands where a person has to fill something in. */
function typed(target: SqliteTarget, runbook: string, filled: string) {
  return shell(linesOf(target, runbook).map((line) => line.replaceAll(/<[a-z ]+>/g, filled)));
}

/** An interactive one: that nothing is behind `:?` does not end it either. */
async function shell(lines: readonly string[]) {
  // What waits until the application answers has nothing to do with this.
  const input = lines.filter((line) => !line.startsWith('curl ')).join('\n');
  return execa('bash', ['--norc', '-i'], { input, reject: false, timeout: 20_000, detached: true });
}

function made({ directory, database }: SqliteTarget, mark: string): string[] {
  return readdirSync(directory).filter((name) =>
    name.startsWith(`${basename(database.file)}${mark}`),
  );
}
