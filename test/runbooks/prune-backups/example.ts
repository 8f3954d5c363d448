import { readdirSync } from 'node:fs';
import { listBackups } from '../../../src/activities/backups/catalogue/backup-store.ts';
import { ageBackups } from '../../activities/database/support/aged-backups.ts';
import type { Example } from '../../faults/example.ts';

/** Two of its backups are past their time, and one would be, were it not among the two newest. */
export const example: Example = {
  input: () => ({}),
  async prepare(world, _runs, backup) {
    ageBackups(world, backup, [100, 101, 102], { now: new Date().toISOString() });
  },
  calls: ['backups.prune'],
  undone: { by: 'backups.prune', calls: ['backups.finishPrune'] },
  sample: { 'worker killed': 'backups.prune' },
  database: 'kept',
  made({ backups }) {
    const names = readdirSync(backups.directory);
    const states = listBackups(backups.directory).map(({ state }) => state);
    if (states.some((state) => state !== 'verified') || names.length !== states.length)
      return `there are ${names.join(', ')}`;
    return states.length === 2 || (states.length === 4 ? false : `${states.length} backups`);
  },
};
