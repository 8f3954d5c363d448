import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { createSystems } from '../../../src/activities/index.ts';
import type { SqliteTarget } from '../../../src/config/schema/target.ts';
import { SAMPLE_TABLE } from '../../../src/dev/demo/sample-database.ts';
import type { Example } from '../../faults/example.ts';

/** Damaged in an index only: its application goes on to write. */
export const example: Example = {
  input: ({ backup }) => ({ backup, overwrite: 'yes' }),
  prepare: spoilIndex,
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

export async function spoilIndex(world: SqliteTarget): Promise<void> {
  const { runtime, http } = createSystems(world, 'before');
  await runtime.stop();
  const script = new URL('../../activities/backups/support/spoil-index.ts', import.meta.url);
  const { file } = world.database;
  execFileSync(process.execPath, [fileURLToPath(script), file, SAMPLE_TABLE]);
  await runtime.start();
  await http.expectReady();
}
