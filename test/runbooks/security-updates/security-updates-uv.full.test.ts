import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect } from 'vitest';
import { Updates } from '../../../src/config/schema/upkeep/updates.ts';
import type { SqliteTarget } from '../../../src/config/schema/target.ts';
import { findOnPath } from '../../../src/dev/server/find-on-path.ts';
import { installUv, makeProject } from '../../integration/templates/uv-project.ts';
import { failing } from '../../support/people.ts';
import { test } from '../../support/run.ts';

const path = process.env['PATH']!;

// Skipped where python3 is not on PATH. uv comes from its package.
describe.skipIf(!findOnPath('python3'))('security-updates by uv (needs python3)', () => {
  beforeAll(async () => {
    process.env['PATH'] = `${await installUv()}:${path}`;
  }, 300_000);
  afterAll(() => {
    process.env['PATH'] = path;
  });

  test('brings the newest by its lock file', async ({ world, runs }) => {
    await useUv(world);

    const { ending } = await runs.run('security-updates');

    expect([ending.failure?.message, ending.outcome]).toEqual([undefined, 'done']);
    expect(installed(world)).toContain('shop-charts==1.1');
    expect(lockOf(world).toString()).toContain('version = "1.1"');
  });

  test('brings back exactly what was there when the application does not work on it', async ({
    world,
    runs,
    systems,
  }) => {
    await useUv(world);
    const before = { installed: installed(world), lock: lockOf(world) };

    const { ending } = await runs.run('security-updates', {}, { around: failing('app.prove', 1) });

    expect(ending).toMatchObject({ outcome: 'undone', left: [] });
    expect(before.installed).toContain('shop-charts==1.0');
    expect(installed(world)).toBe(before.installed);
    expect(lockOf(world).equals(before.lock)).toBe(true);
    expect(await systems.http.isReady()).toBe(true);
  });
});

/** As the template of the first manual has it. */
async function useUv(world: SqliteTarget): Promise<void> {
  await makeProject(world.directory);
  world.updates = Updates.parse({ packages: 'none' });
  world.maintenance = {
    window: { calendar: 'daily', start: '02:00', duration: '2h', cutoff: '30m', timezone: 'UTC' },
    dependencies: {
      lock: 'uv.lock',
      list: ['uv', 'pip', 'freeze'],
      update: ['uv', 'sync', '--upgrade'],
      restore: ['uv', 'sync', '--frozen'],
      timeout: '2m',
    },
    chores: [],
  };
}

function installed({ directory }: SqliteTarget): string {
  return execFileSync('uv', ['pip', 'freeze'], {
    cwd: directory,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  });
}

function lockOf({ directory }: SqliteTarget): Buffer {
  return readFileSync(join(directory, 'uv.lock'));
}
