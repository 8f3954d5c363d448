import { readlinkSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Target } from '../../../config/schema/target.ts';
import type { Stamp } from '../../../config/time/stamp.ts';
import { permanent } from '../../../os/failure.ts';
import { syncDirectory } from '../../../os/files/durable-files.ts';
import { isThere } from '../../../os/files/file-facts.ts';
import { sha256OfPlain } from '../../../os/files/held/copy-plain.ts';
import { makeDirectories } from '../../../os/files/held/make-directories.ts';
import { type Held, withHeld } from '../../../os/files/held/with-held.ts';
import { atLivePlace, livePlace } from '../draft/live-place.ts';
import { bring, bringLink, partOf } from './bring.ts';
import { renewing } from './renewing.ts';
import { openRestoreDirectory, type Planned } from './restore-directory.ts';

export interface PlacedFiles {
  readonly files: number;
  readonly changed: boolean;
}

/**
 * Puts every staged file in its place, each in one rename. Once all of them are there it never does it again: what the
 * application has written since is not restored over by a retry.
 */
export function placeFiles(target: Target, stamp: Stamp): PlacedFiles {
  const restore = openRestoreDirectory(target, stamp);
  const items = restore.items();
  const files = items.filter(({ entry }) => entry.type !== 'directory').length;
  const progress = restore.progress();
  if (progress !== 'placed') {
    if (progress !== 'kept' && progress !== 'placing')
      throw permanent('RunbookBug', `Files of "${target.name}" are not kept yet: ${progress}`);
    restore.hasCome('placing');
    const places = items.map(({ entry }) => atLivePlace(target, entry, ({ named }) => named));
    renewing(target, places, () => {
      for (const item of items) withHeld((held) => placeOne(item, held));
    });
    restore.hasCome('placed');
  }
  rmSync(restore.fresh, { recursive: true, force: true });
  syncDirectory(restore.directory);
  return { files, changed: progress !== 'placed' };

  function placeOne({ entry, sha256 }: Planned, held: Held): void {
    const { named } = livePlace(target, entry, held);
    if (entry.type === 'directory')
      return makeDirectories(named, held, Number.parseInt(entry.mode, 8) & 0o777);
    makeDirectories(dirname(named), held);
    const { file, about } = livePlace(target, entry, held);
    if (entry.type === 'link') {
      if (!about || readlinkSync(file) !== entry.to) bringLink(entry.to, file, stamp);
      return;
    }
    const fresh = join(restore.fresh, entry.path);
    if (isThere(fresh)) bring(fresh, file, stamp);
    else if (!about || sha256OfPlain(file) !== sha256)
      throw permanent('StagedMissing', `Cannot restore "${entry.path}": "${fresh}" is gone`);
    rmSync(partOf(file, stamp), { force: true });
  }
}
