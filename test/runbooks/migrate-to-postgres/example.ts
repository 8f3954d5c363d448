import { readRecord } from '../../../src/activities/migration/records/records.ts';
import type { Example } from '../../faults/example.ts';
import { migrates } from '../../support/migrates.ts';

/** A rehearsal: the application runs on. What strikes a cut-over, and the way back, is in the long tests beside. */
export const example: Example = {
  input: () => ({ phase: 'rehearse' }),
  prepare: (world) => migrates(world),
  calls: ['migration.copy'],
  sample: { 'timed out while it works': 'migration.copy' },
  stays: true,
  database: 'kept',
  made: (world) => readRecord(world, 'rehearsal') !== undefined,
};
