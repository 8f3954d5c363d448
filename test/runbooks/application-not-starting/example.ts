import { chmodSync, statSync } from 'node:fs';
import { createSystems } from '../../../src/activities/index.ts';
import type { SqliteTarget } from '../../../src/config/schema/target.ts';
import type { Example } from '../../faults/example.ts';

/** It is down, and its database has lost the right to be written. */
export async function lockOut(target: SqliteTarget): Promise<void> {
  await createSystems(target, 'before').runtime.stop();
  chmodSync(target.database.file, 0o444);
}

export function modeOf(file: string): string {
  return (statSync(file).mode & 0o777).toString(8);
}

export const example: Example = {
  input: () => ({ repair: 'yes' }),
  prepare: lockOut,
  calls: ['evidence.keep', 'troubleshoot.permitDatabase', 'runtime.start'],
  // Other runbooks play the others.
  played: ['troubleshoot.permitDatabase'],
  undone: { by: 'runtime.start', calls: ['runtime.stop', 'troubleshoot.unpermitDatabase'] },
  sample: { 'failed after its effect': 'troubleshoot.permitDatabase' },
  database: 'kept',
  made: ({ database }) => modeOf(database.file) === database.mode,
};
