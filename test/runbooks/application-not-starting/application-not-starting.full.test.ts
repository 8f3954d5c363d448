import { existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { once } from 'node:events';
import { describe, expect } from 'vitest';
import { stateOf } from '../../support/locked.ts';
import { answer, waiting } from '../../support/people.ts';
import { test } from '../../support/run.ts';
import { lockOut, modeOf } from './example.ts';

describe.concurrent('application-not-starting', () => {
  test('leaves one that works alone', async ({ runs }) => {
    const { ending } = await runs.run('application-not-starting');

    expect(ending).toMatchObject({ outcome: 'done', output: { tried: [], helped: '' } });
    expect(stateOf(ending, 'evidence', 'repair', 'start')).toEqual([
      'omitted',
      'omitted',
      'omitted',
    ]);
  });

  test('changes nothing when people reject it', async ({ world, runs }) => {
    await lockOut(world);

    const { ending } = await runs.run(
      'application-not-starting',
      {},
      {
        meanwhile: async (run, client) =>
          answer(await waiting(client, run, 'repair'), 'reject', { step: 'repair', by: 'ops-2' }),
      },
    );

    expect(ending.failure?.type).toBe('Rejected');
    expect(modeOf(world.database.file)).toBe('444');
  });

  test('tells a database that is missing, empty, text or a directory apart, and makes none', async ({
    world,
    systems,
    runs,
  }) => {
    await systems.runtime.stop();
    const { file } = world.database;
    renameSync(file, `${file}.away`);
    const said: string[] = [];
    for (const make of [
      () => {},
      () => writeFileSync(file, ''),
      () => writeFileSync(file, 'no database, but a letter of some length'),
      () => {
        rmSync(file);
        mkdirSync(file);
      },
    ]) {
      make();
      const { ending } = await runs.run('application-not-starting');
      said.push(ending.failure!.message);
      expect(stateOf(ending, 'evidence', 'start')).toEqual(['done', 'unreached']);
    }

    expect(said).toEqual([
      expect.stringContaining('There is no database'),
      expect.stringContaining('is empty: 0 bytes'),
      expect.stringContaining('is no SQLite database by its first bytes'),
      expect.stringContaining('is a directory'),
    ]);
    expect(new Set(said).size).toBe(4);
    expect(existsSync(`${file}-wal`)).toBe(false);
  });

  test('names who has the port, and starts nothing', async ({ world, systems, runs }) => {
    await systems.runtime.stop();
    const server = createServer((_, response) => response.writeHead(500).end());
    server.listen(Number(new URL(world.app.url).port), '127.0.0.1');
    await once(server, 'listening');

    const { ending } = await runs.run('application-not-starting');

    server.close();
    expect(ending.failure?.message).toMatch(
      /^It is not started, .* is taken by \S+ \(process \d+\)/,
    );
    expect(stateOf(ending, 'start')).toEqual(['unreached']);
  });
});
