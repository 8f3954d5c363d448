import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createSystems } from '../../src/activities/index.ts';
import type { Target } from '../../src/config/schema/target.ts';
import { SAMPLE_TABLE } from '../../src/dev/demo/sample-database.ts';
import type { Runs } from '../support/run.ts';
import type { Example } from './examples.ts';
import { openSystem, systemFaults } from './system-world.ts';

/** Down, and its first start is in vain: its configuration, which is not that of the backup, is rolled back. */
export const applicationDown: Example = {
  input: () => ({ overwrite: 'yes' }),
  async prepare(world: Target, runs: Runs, backup: string) {
    await openSystem(world, runs, backup);
    await createSystems(world, 'before').runtime.stop();
    world.app.restarts = { most: 1, pause: '1s' };
    failOnce(world);
  },
  calls: [
    'evidence.keep',
    'runtime.stop',
    'runtime.start',
    'files.stage',
    'runtime.stop',
    'files.keep',
    'files.place',
    'runtime.start',
  ],
  // Where a start comes before them, the one in vain would be that of a recovery that takes over.
  played: ['files.stage', 'files.place'],
  undone: {
    by: 'files.place',
    calls: ['runtime.stop', 'files.putBack', 'files.discard', 'runtime.start'],
    chain: ['runtime.stop', 'files.putBack', 'files.discard', 'runtime.start'],
  },
  sample: { 'worker killed': 'files.place' },
  database: 'kept',
  made: systemFaults,
};

/** Damaged in an index only: its application goes on to write. */
export const databaseIssue: Example = {
  input: ({ backup }) => ({ backup, overwrite: 'yes' }),
  async prepare(world: Target) {
    const { runtime, http } = createSystems(world, 'before');
    await runtime.stop();
    const script = new URL('../activities/backups/support/spoil-index.ts', import.meta.url);
    const { file } = world.database;
    execFileSync(process.execPath, [fileURLToPath(script), file, SAMPLE_TABLE]);
    await runtime.start();
    await http.expectReady();
  },
  calls: [
    'runtime.freeze',
    'backups.quarantine',
    'runtime.thaw',
    'database.stage',
    'runtime.stop',
    'database.keep',
    'database.swap',
    'redis.clearPrefix',
    'runtime.start',
    'backups.adoptKept',
  ],
  // What its child does is put to the test as a runbook of its own.
  played: ['runtime.freeze', 'backups.quarantine'],
  undone: { by: 'runtime.freeze', calls: ['runtime.thaw'] },
  sample: { 'terminated while it works': 'backups.quarantine' },
  database: 'restored',
};

export const performanceDegraded: Example = {
  input: () => ({ clear: 'yes' }),
  calls: ['evidence.keep', 'database.analyse', 'redis.clearPrefix'],
  // database-maintenance plays the other.
  played: ['evidence.keep', 'redis.clearPrefix'],
  sample: { 'result lost': 'redis.clearPrefix' },
  database: 'kept',
};

/** The application hangs at its next start, and never answers. */
export function failOnce({ directory, runtime }: Target): void {
  const order = join(directory, 'fail-once');
  writeFileSync(order, '');
  const { command } = runtime as { command: string[] };
  const script = 'order=$1; shift; if rm "$order" 2>/dev/null; then exec sleep 60; fi; exec "$@"';
  Object.assign(runtime, { command: ['sh', '-c', script, 'sh', order, ...command] });
}
