import type { Example } from '../../faults/example.ts';
import { oneBackup } from '../../faults/worlds/one-backup.ts';

export const example: Example = {
  input: () => ({}),
  calls: ['backups.snapshot', 'backups.store', 'backups.seal', 'backups.prune'],
  // There is nothing to prune here: prune-backups plays that.
  played: ['backups.snapshot', 'backups.store', 'backups.seal'],
  stays: true,
  undone: { by: 'backups.seal', calls: ['backups.discard'] },
  sample: { 'timed out while it works': 'backups.snapshot' },
  database: 'kept',
  made: oneBackup,
};
