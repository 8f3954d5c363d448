import type { Example } from '../../faults/example.ts';
import { logFaults, makeLogs } from '../../faults/worlds/logs.ts';

export const example: Example = {
  input: () => ({}),
  prepare: makeLogs,
  calls: ['logs.rotate', 'logs.prune', 'logs.compress', 'records.prune', 'records.rotateAudit'],
  sample: { 'timed out while it works': 'logs.rotate' },
  database: 'kept',
  made: logFaults,
};
