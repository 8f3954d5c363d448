import type { Example } from '../../faults/example.ts';
import { oneBackup } from '../../faults/worlds/one-backup.ts';

export const example: Example = {
  input: () => ({}),
  calls: ['backups.snapshot', 'backups.store', 'backups.archive', 'backups.seal'],
  undone: { by: 'backups.seal', calls: ['backups.discard'] },
  sample: { 'worker killed': 'backups.archive' },
  database: 'kept',
  made: oneBackup,
};
