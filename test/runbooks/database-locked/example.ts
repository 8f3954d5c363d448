import type { Example } from '../../faults/example.ts';

export const example: Example = {
  input: () => ({}),
  calls: ['database.awaitUnlocked', 'database.expectUnlocked'],
  sample: { 'result lost': 'database.awaitUnlocked' },
  database: 'kept',
};
