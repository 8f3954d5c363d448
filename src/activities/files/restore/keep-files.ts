import { lstatSync, mkdirSync, readlinkSync, rmSync, symlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Target } from '../../../config/schema/target.ts';
import type { Stamp } from '../../../config/time/stamp.ts';
import { permanent } from '../../../os/failure.ts';
import { isThere } from '../../../os/files/file-facts.ts';
import { sha256OfPlain } from '../../../os/files/held/copy-plain.ts';
import { expectPlain } from '../../../os/files/held/open-plain.ts';
import { atLivePlace } from '../draft/live-place.ts';
import { setAside } from './bring.ts';
import { openRestoreDirectory } from './restore-directory.ts';

export interface KeptFiles {
  /** Where they lie. Undefined when there was nothing to keep. */
  readonly directory?: string;
  readonly files: number;
  readonly changed: boolean;
}

/** Gives what is live a second name in the run's directory. It stays where it is, too, until it is replaced. */
export function keepFiles(target: Target, stamp: Stamp): KeptFiles {
  const restore = openRestoreDirectory(target, stamp);
  const items = restore.items();
  const changed = restore.progress() === 'staged';
  if (changed) {
    for (const { entry, mergedWith } of items) {
      if (entry.type === 'directory') continue;
      atLivePlace(target, entry, ({ file }) => {
        if (mergedWith !== undefined && isThere(file) && sha256OfPlain(file) !== mergedWith)
          throw permanent(
            'FileChanged',
            `"${entry.path}" was changed after its secrets had been read: start again`,
          );
        const aside = join(restore.old, entry.path);
        if (isThere(file) && !isThere(aside)) keepOne(file, aside);
      });
    }
    restore.hasCome('kept');
  }
  const files = items.filter(({ entry }) => isThere(join(restore.old, entry.path))).length;
  return { ...(files > 0 && { directory: restore.old }), files, changed };
}

function keepOne(file: string, aside: string): void {
  mkdirSync(dirname(aside), { recursive: true, mode: 0o700 });
  if (!lstatSync(file).isSymbolicLink()) {
    expectPlain(file);
    return setAside(file, aside);
  }
  rmSync(aside, { force: true });
  symlinkSync(readlinkSync(file), aside);
}
