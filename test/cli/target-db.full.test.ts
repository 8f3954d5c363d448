import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { execa } from 'execa';
import { describe, expect, vi } from 'vitest';
import { findOnPath } from '../../src/dev/server/find-on-path.ts';
import { fill, ROWS, test } from '../support/target.ts';
import { TIMEOUT } from '../support/timeouts.ts';
import { main, runbook } from './support/runbook.ts';
import { targetsIn } from './support/targets-in.ts';
import { hasScript } from './top/on-terminal.ts';

const HOSTILE = 'a"b\n\u001B[2J\u202E';
const quoted = `"${HOSTILE.replaceAll('"', '""')}"`;

describe('target db', () => {
  test('shows hostile names and statements harmlessly, and changes no byte', async ({
    target,
    directory,
  }) => {
    const env = targetsIn(directory, target);
    const { file } = target.database;
    const db = new Database(file);
    db.exec(
      `create table ${quoted} (x /* \u001B]0;owned\u0007 */); insert into ${quoted} values (1)`,
    );
    db.exec('create view of_north as select * from indicators where region = 1');
    db.close();
    const before = contentOf(directory);
    const look = (...args: string[]) => runbook(['target', 'db', target.name, ...args], env);

    const tables = await look('tables');
    const schema = await look('schema', HOSTILE);
    const counts = await look('counts', '--json');

    expect(tables).toMatchObject({ exitCode: 0, stderr: '' });
    expect(tables.stdout).toMatch(/^indicators +table +id, region, value$/m);
    expect(tables.stdout).toMatch(/^of_north +view +id, region, value$/m);
    expect(schema.stdout).toMatch(/^CREATE TABLE "a""b\n.* \(x \/\* .* \*\/\);$/s);
    for (const text of [tables.stdout, schema.stdout])
      // oxlint-disable-next-line no-control-regex
      expect(text).not.toMatch(/[\u001B\u0007\u202E]/);
    expect(JSON.parse(counts.stdout)).toEqual([
      { name: HOSTILE, rows: 1, bytes: 4096 },
      { name: 'indicators', rows: ROWS, bytes: expect.any(Number) },
    ]);
    expect(contentOf(directory)).toEqual(before);
  });

  test('exports a table while it is written to, and never over a file', async ({
    target,
    directory,
  }) => {
    const env = targetsIn(directory, target);
    const output = join(directory, 'out.csv');
    const writer = new Database(target.database.file);
    writer.prepare('insert into indicators values (999, ?, 0.1)').run('a,"b"');
    writer.exec('begin immediate');
    const look = (...args: string[]) => runbook(['target', 'db', target.name, ...args], env);

    const made = await look('export', 'Indicators', '--output', output, '--json');
    const again = await look('export', 'indicators', '--output', output);
    writer.close();

    expect(made.stderr).toBe('');
    expect(JSON.parse(made.stdout)).toMatchObject({ file: output, rows: ROWS + 1 });
    const lines = readFileSync(output, 'utf8').split('\r\n');
    expect(lines.length).toBe(ROWS + 3);
    expect([lines[0], lines[1], lines.at(-2)]).toEqual([
      'id,region,value',
      '1,region 0,0',
      '999,"a,""b""",0.1',
    ]);
    expect([again.exitCode, again.stdout]).toEqual([2, '']);
    expect(again.stderr).toBe(
      `Error: Cannot write "${output}": it is already there\nTry: --output <another file>`,
    );
  });

  test('tells in a sentence what is wrong in what is asked, or with the database', async ({
    target,
    directory,
  }) => {
    const env = targetsIn(directory, target);
    const look = async (...args: string[]) => {
      const answer = await runbook(['target', 'db', target.name, ...args], env);
      return `${answer.exitCode} ${answer.stdout}${answer.stderr}`;
    };

    expect(await look('export', 'indicator', '--output', '/tmp/never.csv')).toMatch(
      /^2 Error: Cannot find table "indicator": did you mean "indicators"\?\nTry: /,
    );
    expect(await look('export', 'indicators')).toMatch(/^2 Error: Missing --output/);
    expect(await look('tabels')).toMatch(
      /^2 Error: Cannot find look "tabels": did you mean "tables"/,
    );
    rmSync(target.database.file);
    expect(await look('counts')).toMatch(/^1 Error: Cannot find the database ".*"\nTry: /);
    writeFileSync(target.database.file, 'no database at all, but text of some length'.repeat(99));
    expect(await look('tables')).toMatch(
      /^1 Error: .*not a database.*\nTry: runbook start database-issue/,
    );
    expect(readdirSync(directory)).not.toContain('app.db-wal');
  });

  // Skipped where there is no sqlite3 program.
  test.skipIf(!findOnPath('sqlite3'))(
    'gives a shell that cannot write, and audits it',
    async ({ target, directory }) => {
      const env = targetsIn(directory, target);
      fill(target.database.file, 0);
      const shell = (input: string, more = {}) =>
        execa(process.execPath, [main, 'target', 'db', target.name, 'shell'], {
          input,
          reject: false,
          cwd: directory,
          env: { ...env, ...more },
        });

      const read = await shell('select count(*) from indicators;');
      const write = await shell(
        `delete from indicators;\nattach '${target.database.file}' as again;`,
      );
      // The program ends at it.
      const reopened = await shell(`.open '${target.database.file}'\ndelete from indicators;`);
      const precious = join(directory, 'precious');
      writeFileSync(precious, 'precious');
      const named = readdirSync(directory);
      const traced = await shell(
        `.trace '${precious}'\nselect 1;\n.testcase x\nselect 2;\ncreate virtual table temp.z using zipfile('w.zip');\n`,
        { TMPDIR: directory },
      );
      const absent = await shell('select 1;', { PATH: directory });

      expect(read).toMatchObject({ exitCode: 0, stdout: String(ROWS) });
      expect(write.exitCode).toBe(1);
      expect(write.stderr).toMatch(/readonly database[^]*cannot run ATTACH in safe mode/);
      expect(reopened.stderr).toMatch(/^Error: Cannot use \.open here: /m);
      expect([traced.exitCode, traced.stdout, readdirSync(directory)]).toEqual([1, '1\n2', named]);
      expect(traced.stderr).toMatch(
        /Cannot use \.trace here: [^]*\.testcase here: [^]*zipfile here: /,
      );
      expect(readFileSync(precious, 'utf8')).toBe('precious');
      expect((await shell('select count(*) from indicators;')).stdout).toBe(String(ROWS));
      expect(absent.stderr).toMatch(
        /^Error: Cannot find the program "sqlite3".*\nTry: apt-get install/,
      );
      const audit = readFileSync(join(target.state, 'audit.jsonl'), 'utf8').trim().split('\n');
      const deeds = audit.map((line) => (JSON.parse(line) as { what: string }).what);
      expect(deeds).toEqual([1, 2, 3, 4, 5].flatMap(() => ['opened a shell', 'closed a shell']));
      expect(readdirSync(directory).filter((name) => /-(wal|shm)$/.test(name))).toEqual([]);
    },
  );
});

describe.skipIf(!findOnPath('sqlite3') || !hasScript)('target db shell', () => {
  test('answers a person at a terminal, statement by statement', async ({ target, directory }) => {
    const env = targetsIn(directory, target);
    const words = [process.execPath, main, 'target', 'db', target.name, 'shell'];
    const child = execa(
      'script',
      ['-qec', words.map((word) => `'${word}'`).join(' '), '/dev/null'],
      {
        reject: false,
        timeout: 60_000,
        env: { ...env, TERM: 'xterm' },
      },
    );
    let seen = '';
    child.stdout.on('data', (chunk: Buffer) => (seen += chunk.toString()));
    const type = async (text: string, expected: RegExp) => {
      child.stdin.write(text);
      await vi.waitFor(() => expect(seen).toMatch(expected), TIMEOUT);
      seen = '';
    };

    await type('', /sqlite> /);
    await type('select count(*)\r', / {3}\.\.\.> /);
    await type('from indicators;\r', /500\r?\n[^]*sqlite> /);
    await type('.trace x\r', /Cannot use \.trace here[^]*sqlite> /);
    await type('.tables\r', /indicators\s[^]*sqlite> /);
    await type('select absent;\r', /no such column[^]*sqlite> /);
    await type("select 'half\u0003", /\^C[^]*sqlite> /);
    child.stdin.write('.quit\r');

    expect((await child).exitCode).toBe(0);
    const audit = readFileSync(join(target.state, 'audit.jsonl'), 'utf8');
    expect(audit).toContain('closed a shell');
  });
});

/** Of the database and all beside it. */
function contentOf(directory: string): Record<string, string> {
  const names = readdirSync(directory).filter((name) => name.startsWith('app.db'));
  return Object.fromEntries(
    names.map((name) => {
      const bytes = readFileSync(join(directory, name));
      return [name, createHash('sha256').update(bytes).digest('hex')];
    }),
  );
}
