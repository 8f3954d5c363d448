import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createSystems } from '../../src/activities/index.ts';
import type { SqliteTarget } from '../../src/config/schema/target.ts';
import { storeRunReport } from '../../src/state/run-reports.ts';

const STAMP = '20260104_010000';
/** What has replaced all. */
export const REPLACED_BY = `system-recovery/replaced/${STAMP}`;
export const INSTALLED = 'installed.txt';

/**
 * Replaces database, configuration and dependencies of a target as a run does that ends done: by its activities, and with its
 * report. `backup` has a configuration that differs.
 */
export async function replaceEverything(world: SqliteTarget, backup: string): Promise<void> {
  world.maintenance = {
    window: { calendar: 'daily', start: '00:00', duration: '1h', cutoff: '10m', timezone: 'UTC' },
    chores: [],
    ...world.maintenance,
    dependencies: {
      list: ['cat', INSTALLED],
      update: ['sh', '-c', `echo "newer 2.0" > ${INSTALLED}`],
      restore: ['cp', '{file}', INSTALLED],
      timeout: '1m',
    },
  };
  writeFileSync(join(world.directory, INSTALLED), 'older 1.0\n');
  const systems = createSystems(world, REPLACED_BY);
  const { backups, database, dependencies, files, http, runtime } = systems;
  const found = await files.find(backup, ['configuration']);
  const staged = await database.stage(await backups.find(backup), STAMP);
  await files.stage({ files: found.files, secrets: 'keep' }, STAMP);
  await runtime.stop();
  await files.keep(STAMP);
  await files.place(STAMP);
  await dependencies.update(STAMP);
  await database.keep(STAMP, { verdict: 'sound' });
  await database.swap(staged);
  await runtime.start();
  await http.expectReady();
  await backups.adoptKept(STAMP);
  const output = { rollbackPoint: STAMP, replaced: ['database', 'files', 'dependencies'] };
  const report = { run: REPLACED_BY, startedAt: '2026-01-04T01:00:00.000Z', ending: { output } };
  storeRunReport(world, report, '');
}
