import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, chownSync, existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { describe, expect } from 'vitest';
import { lifecycleActivities } from '../../../src/activities/lifecycle/lifecycle-activities.ts';
import type { SqliteTarget } from '../../../src/config/schema/target.ts';
import { LogFile } from '../../../src/config/schema/logs.ts';
import { test } from '../../support/target.ts';
import { asNobody, DATABASE, line, LOGS, NOBODY } from './support/checklist.ts';

/** What mkdtemp makes is closed for others. */
function opened(target: SqliteTarget): SqliteTarget {
  chmodSync(target.directory, 0o755);
  return asNobody(target);
}

describe('the startup checklist', () => {
  test('has a line for each of the manual, and all are well where nothing is wrong', async ({
    target,
  }) => {
    const { lines } = await lifecycleActivities(target).checkStartup();

    expect(lines.map(({ line: name, state }) => [name, state])).toEqual([
      [DATABASE, 'ok'],
      [LOGS, 'not applicable'],
      ['Environment variables are set', 'not applicable'],
      ['Port 1 is available', 'ok'],
      ['Memory >= any available', 'not applicable'],
      ['Dependency versions', 'not applicable'],
    ]);
  });

  test('tells a database that is missing, empty, a directory, a pipe or text from one another, and makes none', async ({
    target,
  }) => {
    const { file } = target.database;
    const findings: string[] = [];
    const note = async () => {
      const { state, finding } = await line(target, DATABASE);
      findings.push(`${state}: ${finding.replace(file, 'FILE')}`);
    };
    rmSync(file);
    await note();
    const made = existsSync(file);
    writeFileSync(file, '');
    await note();
    writeFileSync(file, 'no database at all, and yet more than 16 bytes');
    await note();
    rmSync(file);
    mkdirSync(file);
    await note();
    rmSync(file, { recursive: true });
    execFileSync('mkfifo', [file]);
    await note();

    const back = `runbook start database-recovery -t ${target.name}`;
    expect(made).toBe(false);
    expect(findings).toEqual([
      `failed: There is no database "FILE": bring it back, ${back}`,
      `failed: The database "FILE" is empty: 0 bytes: bring it back, ${back}`,
      `failed: "FILE" is no SQLite database by its first bytes: bring it back, ${back}`,
      `failed: The database "FILE" is a directory: move it away, then ${back}`,
      `failed: The database "FILE" is no regular file: move it away, then ${back}`,
    ]);
  });

  test.skipIf(process.getuid?.() !== 0)(
    "judges rights by the application's user, also where the worker is root",
    async ({ target }) => {
      const { file } = target.database;
      const closed = await line(asNobody(target), DATABASE);
      const open = opened(target);
      chmodSync(file, 0o600);
      const unreadable = await line(open, DATABASE);
      chmodSync(file, 0o444);
      const readOnly = await line(open, DATABASE);
      chownSync(file, NOBODY, NOBODY);
      chmodSync(file, 0o600);
      const well = await line(open, DATABASE);
      const asRoot = await line(target, DATABASE);

      expect(closed.finding).toMatch(
        /user 65534\) may not go through ".*" to its database: let it, /,
      );
      expect(unreadable).toMatchObject({ state: 'failed' });
      expect(unreadable.finding).toMatch(/may not read ".*" \(mode 600, of 0:0\): give it to that/);
      expect(readOnly).toMatchObject({ state: 'ok' });
      expect(readOnly.finding).toMatch(/may only read it \(mode 444/);
      expect([well.state, asRoot.state]).toEqual(['ok', 'ok']);
      expect(well.finding).not.toMatch(/only read/);
    },
  );

  test.skipIf(process.getuid?.() !== 0)(
    'fails where the log directory is missing, or closed for the application',
    async ({ target, directory }) => {
      const logs = join(directory, 'logs');
      const logging = {
        ...opened(target),
        logs: [LogFile.parse({ file: join(logs, 'app.log') })],
      };
      const missing = await line(logging, LOGS);
      mkdirSync(logs);
      const closed = await line(logging, LOGS);
      chownSync(logs, NOBODY, NOBODY);
      const own = await line(logging, LOGS);

      expect(missing.finding).toBe(`There is no log directory "${logs}": make it`);
      expect(closed.finding).toMatch(
        /may not write into ".*logs" \(mode 755, of 0:0\): give it to/,
      );
      expect(own).toMatchObject({ state: 'ok', finding: `"${logs}"` });
    },
  );

  test('names who holds the port', async ({ target }) => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as { port: number };
    const app = { ...target.app, url: `http://127.0.0.1:${port}/`, port };

    const taken = await line({ ...target, app }, 'Port');
    await new Promise((closed) => server.close(closed));
    const free = await line({ ...target, app }, 'Port');

    expect(taken).toMatchObject({ line: `Port ${port} is available`, state: 'failed' });
    expect(taken.finding).toMatch(
      new RegExp(`^Port ${port} is taken by \\S+ \\(process ${process.pid}\\): end it, or give`),
    );
    expect(free).toMatchObject({ state: 'ok', finding: `Port ${port} is free` });
  });

  test('fails with too little memory, and says who has most', async ({ target }) => {
    const wants = (minimumMemory: string) => ({ ...target, app: { ...target.app, minimumMemory } });

    const little = await line(wants('900TB'), 'Memory');
    const enough = await line(wants('1KB'), 'Memory');

    expect(little).toMatchObject({ line: 'Memory >= 900TB available', state: 'failed' });
    expect(little.finding).toMatch(/MiB available; most have .* \(process \d+\) .*: end what/);
    expect(enough.state).toBe('ok');
  });

  test('compares versions as pip does, by the Python of the application', async ({
    target,
    directory,
  }) => {
    const python = (versions: Record<string, string>, command = ['python3']) => ({
      ...target,
      app: { ...target.app, python: { command, versions } },
    });
    // A package of its own, which no machine has.
    const info = join(directory, 'hub_thing-1.10.0.dist-info');
    mkdirSync(info);
    writeFileSync(
      join(info, 'METADATA'),
      'Metadata-Version: 2.1\nName: hub-thing\nVersion: 1.10.0\n',
    );
    const own = ['env', `PYTHONPATH=${directory}`, 'python3'];

    const newer = await line(python({ 'hub-thing': '>=1.9' }, own), 'Dep');
    const older = await line(python({ 'hub-thing': '>=2', nowhere: '' }, own), 'Dep');
    const without = await line(python({ pip: '' }, ['/nowhere/python']), 'Dep');

    expect(newer).toMatchObject({ state: 'ok', finding: 'hub-thing 1.10.0' });
    expect(older).toMatchObject({
      state: 'failed',
      finding: `hub-thing is 1.10.0, wanted >=2; nowhere is missing, wanted any: ${own.join(' ')} -m pip install 'hub-thing>=2' 'nowhere'`,
    });
    expect(without).toMatchObject({ state: 'failed' });
    expect(without.finding).toMatch(/^Its Python "\/nowhere\/python" is not there: install it/);
  });

  test('takes a variable that somebody has left empty for set, and never says a value', async ({
    target,
  }) => {
    const environment = { HUB_ENV: '', TOKEN: 'hush' };

    const { state, finding } = await line(
      { ...target, runtime: { ...target.runtime, environment } as SqliteTarget['runtime'] },
      'Env',
    );

    expect([state, finding]).toEqual(['ok', 'HUB_ENV (empty), TOKEN']);
  });
});
