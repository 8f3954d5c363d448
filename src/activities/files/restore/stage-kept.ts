import { createHash } from 'node:crypto';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Target } from '../../../config/schema/target.ts';
import type { Stamp } from '../../../config/time/stamp.ts';
import { permanent } from '../../../os/failure.ts';
import { expectSpaceFor } from '../../../os/files/disk-space.ts';
import { syncDirectory, syncFile } from '../../../os/files/durable-files.ts';
import { isDiskFull } from '../../../os/files/file-facts.ts';
import { copyPlain } from '../../../os/files/held/copy-plain.ts';
import { sha256Of } from '../../../os/files/sha256.ts';
import { type KeptItem, keptItems } from './kept-files.ts';
import { openRestoreDirectory, type Planned } from './restore-directory.ts';

export interface StagedKept {
  readonly files: number;
  readonly bytes: number;
  readonly changed: boolean;
}

/** Brings what the run of stamp `from` kept of the files before to where `place` takes it from, proven by its sha256. Error: `NoSpace`. */
export function stageKept(target: Target, from: Stamp, stamp: Stamp): StagedKept {
  const restore = openRestoreDirectory(target, stamp);
  const before = restore.progress() === undefined ? undefined : restore.items();
  const planned = before ?? stageAnew();
  const files = planned.flatMap(({ entry }) => (entry.type === 'file' ? entry : []));
  return {
    files: planned.length,
    bytes: files.reduce((sum, { bytes }) => sum + bytes, 0),
    changed: before === undefined,
  };

  function stageAnew(): Planned[] {
    const items = keptItems(target, from);
    rmSync(restore.directory, { recursive: true, force: true });
    expectSpaceFor(
      items.reduce((sum, { planned: { entry } }) => sum + ('bytes' in entry ? entry.bytes : 0), 0),
      target.state,
    );
    mkdirSync(restore.directory, { recursive: true, mode: 0o700 });
    try {
      const all = items.map(bringOne);
      restore.write(all);
      syncDirectory(target.state);
      return all;
    } catch (error) {
      rmSync(restore.directory, { recursive: true, force: true });
      if (!isDiskFull(error)) throw error;
      throw permanent('NoSpace', `No space left for files from before in "${restore.directory}"`);
    }
  }

  function bringOne({ planned: item, bytes, old }: KeptItem): Planned {
    if (item.entry.type !== 'file') return item;
    const fresh = join(restore.fresh, item.entry.path);
    mkdirSync(dirname(fresh), { recursive: true, mode: 0o700 });
    copyPlain(old, fresh);
    if (bytes === undefined) {
      if (sha256Of(fresh) !== item.sha256)
        throw permanent('FileChanged', `"${old}" was changed while it was copied: start again`);
      return item;
    }
    // Its owner and mode are those of the one from before.
    writeFileSync(fresh, bytes);
    syncFile(fresh);
    return { ...item, sha256: createHash('sha256').update(bytes).digest('hex') };
  }
}
