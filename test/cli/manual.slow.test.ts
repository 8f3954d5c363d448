import { readdirSync, readFileSync, truncateSync } from 'node:fs';
import { join } from 'node:path';
import { execa } from 'execa';
import { describe, expect } from 'vitest';
import { createSystems } from '../../src/activities/index.ts';
import { manualMarkdown, manualOf } from '../../src/cli/manual/manual-of.ts';
import { pages } from '../../src/cli/manual/pages.ts';
import { catalogue } from '../../src/client/catalogue.ts';
import { loadTargets } from '../../src/config/load/load.ts';
import type { SqliteTarget } from '../../src/config/schema/target.ts';
import { createDemoWorld } from '../../src/dev/demo/demo-target.ts';
import { SAMPLE_TABLE } from '../../src/dev/demo/sample-database.ts';
import { findOnPath } from '../../src/dev/server/find-on-path.ts';
import { backUp } from '../activities/database/support/fixtures.ts';
import { withDatabase } from '../support/live-database.ts';
import { addMark, readMarks } from '../support/marks.ts';
import { reservedPort } from '../support/reserved-port.ts';
import { targetIn, test } from '../support/target.ts';

describe('the manual', () => {
  test('has a page for each runbook of the catalogue', () => {
    const missing = [...catalogue.keys()].filter((runbook) => !(runbook in pages));

    expect(missing).toEqual([]);
  });

  test('has commands that a shell can read, for each target that is shipped', async () => {
    for (const target of loadTargets()) {
      const manual = manualOf(target, [...catalogue]);
      for (const { runbook, parts } of manual) {
        const said = await parsed(parts.flatMap(({ type = [] }) => type));
        expect(`${runbook}: ${said}`).toBe(`${runbook}: `);
      }

      expect(manualMarkdown(target, manual)).not.toContain('undefined');
    }
  });

  test('shows no password, and no step that nobody can do', ({ directory }) => {
    const cache = {
      kind: 'redis',
      url: 'redis://me:hunter2@cache:6379',
      scope: 'prefix:a*',
    } as const;
    const target = targetIn(directory, { cache });

    const text = manualMarkdown(target, manualOf(target, [...catalogue]));

    expect(text).not.toContain('hunter2');
    expect(text).toContain(`--pattern 'a\\**'`);
    expect(text).toContain('export REDISCLI_AUTH');
  });
});

const tools = ['sqlite3', 'zstd', 'fuser', 'curl', 'setsid'];
// Skipped where one of the programs is not on PATH that people type.
describe.skipIf(!tools.every((tool) => findOnPath(tool)))('typed by hand', () => {
  test('its commands back up and recover a database that is written to, whatever its path', async ({
    directory,
  }) => {
    const target = await worldIn(join(directory, `it's "a" $place`));
    const { runtime, http } = createSystems(target, 'test');
    await runtime.start();
    await http.expectReady();
    addMark(target, 'before');
    const { id } = await backUp(target);
    addMark(target, 'after');

    const backup = await typed(target, 'daily-backup');
    const damaged = target.database.file;
    truncateSync(damaged, 100_000);
    const recovery = await typed(target, 'database-recovery');

    // It crashes, and leaves its log: beside the restored file that would bring the mark back.
    addMark(target, 'after');
    process.kill(-pidIn(await runtime.describe()), 'SIGKILL');
    const crashed = await typed(target, 'database-recovery');

    const state = await runtime.describe();
    const status = readFileSync(`/proc/${pidIn(state)}/status`, 'utf8');
    const marks = readMarks(target);
    const rows = withDatabase(target, (db) =>
      db.prepare(`select count(*) from ${SAMPLE_TABLE}`).pluck().get(),
    );
    const sound = withDatabase(target, (db) => db.pragma('quick_check', { simple: true }));
    await runtime.stop();
    const made = readdirSync(target.backups.directory).filter((name) =>
      name.startsWith('by-hand-'),
    );
    const kept = readdirSync(target.directory).filter((name) => /\.by-hand-\d+_\d+$/.test(name));
    expect(backup).toMatchObject({ exitCode: 0, stdout: expect.stringMatching(/^ok$/m) });
    expect(made).toHaveLength(2);
    expect(recovery).toMatchObject({ exitCode: 0, stdout: expect.stringMatching(/^200 in /m) });
    expect(recovery.stdout).toContain(id);
    expect(recovery.stdout).toMatch(/^open by: nobody$/m);
    expect(state).toMatchObject({ running: true });
    // What the page makes is for its owner alone; what the application makes is as it was.
    expect(status).toContain(`Umask:\t${process.umask().toString(8).padStart(4, '0')}`);
    expect(marks).toEqual(['before']);
    expect([rows, sound]).toEqual([expect.any(Number), 'ok']);
    expect(rows).toBeGreaterThanOrEqual(2000);
    expect(crashed.exitCode).toBe(0);
    expect(kept).toHaveLength(2);
  });
});

function pidIn({ detail }: { readonly detail: string }): number {
  return Number(/^pid (\d+)/.exec(detail)![1]);
}

/** Whatever a shell says against it, which reads it and does nothing. */
async function parsed(lines: readonly string[]): Promise<string> {
  // What a person has to fill in.
  const script = lines.join('\n').replaceAll(/<[a-z ]+>/g, 'x');
  const { all } = await execa('sh', ['-n'], { input: script, all: true, reject: false });
  return all;
}

/** Types all commands of a page, and stops at the first that fails. */
async function typed(target: SqliteTarget, runbook: string) {
  const [page] = manualOf(target, [[runbook, catalogue.get(runbook)!]]);
  const script = page!.parts.flatMap(({ type = [] }) => type).join('\n');
  const { exitCode, stdout, stderr } = await execa('sh', ['-eu'], { input: script, reject: false });
  return { exitCode, stdout, stderr };
}

async function worldIn(directory: string): Promise<SqliteTarget> {
  const url = `http://127.0.0.1:${await reservedPort()}`;
  const template = targetIn(directory, {
    app: { url, health: `${url}/_stcore/health`, timeout: '5s' },
    database: { kind: 'sqlite', file: join(directory, 'demo.db'), keyTable: SAMPLE_TABLE },
    backups: { directory: join(directory, 'backups') },
  });
  return (await createDemoWorld(template, directory, { rows: 2000 })).target;
}
