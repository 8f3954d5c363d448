import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { describe, expect } from 'vitest';
import { parse } from 'yaml';
import { targetYaml } from '../../src/cli/local/init/target-yaml.ts';
import { Target } from '../../src/config/schema/target.ts';
import { eventually, test } from '../activities/runtime/support/applications.ts';
import { fill } from '../support/target.ts';
import { reservedPort } from '../support/reserved-port.ts';
import { runbook } from './support/runbook.ts';

describe('target init', () => {
  test('asks whether a database that lies there is meant, when none is open; takes no link and no other file for one', async ({
    directory,
    begin,
  }) => {
    const home = join(directory, 'shop');
    mkdirSync(join(home, 'data'), { recursive: true });
    mkdirSync(join(home, 'venv'));
    fill(join(home, 'data/shop.db'), 9);
    fill(join(home, 'venv/cache.db'), 9);
    fill(join(directory, 'elsewhere.db'), 9);
    symlinkSync(join(directory, 'elsewhere.db'), join(home, 'link.db'));
    writeFileSync(join(home, 'notes.db'), 'no database');
    execFileSync('mkfifo', [join(home, 'pipe.db')]);
    const port = await reservedPort();
    begin(
      `cd '${home}' && exec "${process.execPath}" -e '
        require("http").createServer((_, answer) => answer.end("ok")).listen(${port}, "127.0.0.1")'`,
    );

    const { stdout } = await eventually(async () => {
      const answer = await runbook(['target', 'init', home], { TEMPORAL_ADDRESS: '127.0.0.1:1' });
      return answer.stdout.includes(`port: ${port}`) ? answer : undefined;
    });

    expect(stdout).toContain('file: data/shop.db # ? Is it this one? None is open now\n');
    expect(stdout).toContain('keyTable: indicators\n');
    expect(stdout).toMatch(/restore-drill: SATURDAY 04:00 # \? How is it booted on a copy/);
  });

  test('writes what a process uses, asks the rest, and passes target check', async ({
    directory,
    begin,
  }) => {
    const home = join(directory, 'My Shop');
    mkdirSync(join(home, 'logs'), { recursive: true });
    const file = join(home, 'shop.db');
    fill(file, 9);
    new Database(file).exec('create table few (x); insert into few values (1)').close();
    const port = await reservedPort();
    begin(
      `cd '${home}' && REDIS_URL=redis://me:hunter2@127.0.0.1:6399/1 exec "${process.execPath}" -e '
        require("fs").openSync("logs/shop.log", "a"); require("fs").openSync("shop.db", "r+");
        require("http").createServer((_, answer) => answer.end("ok")).listen(${port}, "127.0.0.1")'`,
    );
    const targets = join(directory, 'targets');
    mkdirSync(targets);
    const output = join(targets, 'shop.yaml');
    const env = { RUNBOOK_TARGETS: targets, TEMPORAL_ADDRESS: '127.0.0.1:1' };

    const printed = await eventually(async () => {
      const answer = await runbook(['target', 'init', home], env);
      return answer.stdout.includes(`port: ${port}`) ? answer : undefined;
    });
    const written = await runbook(['target', 'init', home, '--output', output], env);
    const again = await runbook(['target', 'init', home, '--output', output], env);
    const checked = await runbook(['target', 'check', output], env);

    expect(printed.exitCode).toBe(0);
    expect(printed.stdout).toContain('name: my-shop');
    expect(written).toMatchObject({ exitCode: 0, stdout: output });
    expect(written.stderr).toMatch(/^\? With what do its keys begin\?/m);
    expect(written.stderr).toMatch(/^\? Do its rows prove that the data are there\? .* few$/m);
    const text = readFileSync(output, 'utf8');
    expect(text).not.toContain('hunter2');
    expect(parse(text)).toMatchObject({
      name: 'shop',
      enabled: false,
      directory: home,
      app: { kind: 'streamlit', url: `http://localhost:${port}`, port },
      database: { file: 'shop.db', keyTable: 'indicators' },
      cache: { url: 'redis://127.0.0.1:6399/1', scope: 'prefix:shop:' },
      logs: [{ file: 'logs/shop.log', format: 'text' }],
    });
    expect(again.exitCode).toBe(2);
    expect(again.stderr).toMatch(/^Error: Cannot write .*already there\nTry: /);
    expect(checked.stdout).not.toMatch(/^fault/m);
    expect(checked.exitCode).toBe(0);
  });

  test('says what runs where nothing can be chosen, and refuses what is none', async ({
    directory,
    begin,
  }) => {
    const script = (port: number) =>
      `cd '${directory}' && exec "${process.execPath}" -e 'require("net").createServer().listen(${port}, "127.0.0.1")'`;
    const look = (...args: string[]) => runbook(['target', 'init', ...args]);
    const nothing = await look(directory);
    const one = begin(script(await reservedPort()));
    const other = begin(script(await reservedPort()));

    const both = await eventually(async () => {
      const answer = await look(directory);
      return answer.stderr.startsWith('Error: Which') ? answer : undefined;
    });

    expect([nothing.exitCode, nothing.stdout]).toEqual([2, '']);
    expect(nothing.stderr).toMatch(/^Error: Nothing runs in .*\nTry: start the application/);
    expect(both.exitCode).toBe(2);
    expect(both.stderr).toMatch(
      new RegExp(`process (${one.pid}|${other.pid}), process \\d+\nTry: --pid`),
    );
    expect((await look(directory, '--output', 'Shop.yml')).stderr).toContain('Expected a name');
    expect((await look(`${directory}/none`)).stderr).toMatch(/^Error: Cannot find the directory/);
  });

  test('makes a file of anything that is found, as it is found', () => {
    const hostile = '/srv/it\'s "a"\n: # [x]\u001B[2J';
    const { text, questions } = targetYaml(
      {
        directory: hostile,
        runtime: { kind: 'process', command: ['sh', '-c', 'a\n"b" # c'] },
        pid: 1,
        ports: [],
        databases: [`${hostile}/- a.db`, '/other.db'],
        logs: [`${hostile}/x: y.log`, `${hostile}/x, y.log`, `${hostile}/b}].log`],
      },
      {
        name: 'a',
        database: `${hostile}/- a.db`,
        databases: [`${hostile}/- a.db`, '/other.db'],
        isOpen: true,
        keyTable: 'no',
        tables: ['no'],
        isStreamlit: false,
      },
    );

    const target = Target.parse(parse(text));

    expect(target).toMatchObject({
      directory: hostile,
      runtime: { command: ['sh', '-c', 'a\n"b" # c'] },
      database: { file: '- a.db', keyTable: 'no' },
      logs: [{ file: 'x: y.log' }, { file: 'x, y.log' }, { file: 'b}].log' }],
    });
    expect(questions.length).toBeGreaterThan(4);
  });
});
