import { expectSqlite } from '../../../activities/database/expect-engine.ts';
import { statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { databaseDriver } from '../../../activities/database/driver-for.ts';
import { copyLive } from '../../../activities/database/sqlite/copy-live.ts';
import type { Target } from '../../../config/schema/target.ts';
import { expectSpaceFor } from '../../../os/files/disk-space.ts';
import { at, withPlaces } from '../../../os/files/held/places.ts';
import { liveFile } from '../../../os/files/live-file.ts';
import { withScratchFor } from '../../../os/files/scratch.ts';
import { besideTarget } from '../beside-target.ts';
import { ensurePrivate } from '../../../os/files/ensure-private.ts';

/** Lends a copy of the live database, as of one moment, and a directory for what is made of it. Both are gone afterwards. `inBackups`: where a file lies beside the backups. */
export async function withSnapshot<Result>(
  target: Target,
  use: (snapshot: string, scratch: string, inBackups: (name: string) => string) => Result,
): Promise<Result> {
  const live = liveFile(expectSqlite(target, 'A dump as SQL text').database.file);
  ensurePrivate(target.state);
  expectSpaceFor(statSync(live).size, target.state);
  return withScratchFor(join(target.state, 'dump'), (scratch) =>
    withPlaces(async () => {
      const snapshot = join(scratch, basename(live));
      // While a run acts, what is live may be about to be replaced; and whoever replaces it wants it unopened.
      await besideTarget(target, async () => {
        await databaseDriver(target).expectOnePlace();
        await copyLive(live, snapshot);
      });
      return use(snapshot, scratch, (name) => join(at(target.backups.directory), name));
    }),
  );
}
