import { permanent } from '../../../os/failure.ts';
import type { Manifest } from '../../artefact/manifest.ts';

/** A later version may make backups of what differs from another one: they are not damaged, and are not restored here. Error: `BackupUnreadable`. */
export function expectNoDifference({ id, base }: Pick<Manifest, 'id' | 'base'>): void {
  if (base)
    throw permanent(
      'BackupUnreadable',
      `Backup "${id}" is what differs from "${base.id}", which this version cannot put together: choose another, or restore it by the version that made it`,
    );
}
