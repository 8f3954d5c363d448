import type { Example } from '../../faults/example.ts';
import { oneBackup } from '../../faults/worlds/one-backup.ts';
import { UNMANAGED_COPY, leaveUnmanagedCopy } from '../../support/unmanaged-copy.ts';

export const example: Example = {
  input: () => ({ file: UNMANAGED_COPY }),
  async prepare(world) {
    leaveUnmanagedCopy(world);
  },
  calls: ['backups.adopt', 'backups.store', 'backups.seal'],
  undone: { by: 'backups.seal', calls: ['backups.discard'] },
  sample: { 'timed out while it works': 'backups.adopt' },
  database: 'kept',
  made: oneBackup,
};
