import { execFileSync } from 'node:child_process';
import { globSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, inject } from 'vitest';
import type { SqliteTarget } from '../../src/config/schema/target.ts';
import { test } from '../support/run.ts';

const SECRET = 'canary-5f1d2c9a';

describe('a secret of the target', () => {
  test('shows up in no history, ledger, notice, file or argument', async ({
    world,
    systems,
    runs,
  }) => {
    hide(world);
    await systems.runtime.stop();
    await systems.runtime.start(); // with the secret in its environment
    await runs.run('daily-backup');
    const { run, ending } = await runs.run('database-recovery', { backup: 'latest' });
    const failed = await runs.run(
      'database-recovery',
      { backup: 'latest' },
      {
        around: async (activity, work) => {
          if (activity === 'runtime.start')
            (world.app as { health: string }).health = `http://ops:${SECRET}@127.0.0.1:9/health`;
          return work();
        },
      },
    );

    const data = inject('temporal').dataFile;
    const history = await runs.client.workflow.getHandle(run).fetchHistory();
    const places: Record<string, string> = {
      endings: JSON.stringify([ending, failed.ending]),
      history: JSON.stringify(history),
      temporal: readFileSync(data, 'latin1') + readFileSync(`${data}-wal`, 'latin1'),
      arguments: execFileSync('ps', ['-eo', 'args']).toString(),
      ...filesOf(world.directory),
    };
    const found = Object.keys(places).filter((place) => places[place]!.includes(SECRET));
    expect(ending.ledger[7]).toMatchObject({ id: 'clear', state: 'failed' });
    expect(failed.ending.failure?.message).toContain('127.0.0.1:9/health');
    expect(places['temporal']).toContain(run); // it would be seen there
    expect(found).toEqual([]);
  });
});

/** Where a target's secrets are: its cache's address and its application's environment. */
function hide(world: SqliteTarget): void {
  const url = new URL(world.cache!.url);
  url.username = 'runbook';
  url.password = SECRET;
  (world.cache as { url: string }).url = url.href;
  (world.runtime as { environment: object }).environment = { API_KEY: SECRET };
}

function filesOf(directory: string): Record<string, string> {
  const files = globSync('**/{*,.*}', { cwd: directory }).filter((file) =>
    statSync(join(directory, file)).isFile(),
  );
  return Object.fromEntries(
    files.map((file) => [file, readFileSync(join(directory, file), 'latin1')]),
  );
}
