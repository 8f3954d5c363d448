import { Backups } from '../../../src/config/schema/backups.ts';
import type { SqliteTarget } from '../../../src/config/schema/target.ts';
import { offsiteBackups } from '../../activities/offsite/support/offsite-backups.ts';
import type { Story } from '../../replay/story.ts';
import { startBucketServer } from '../../support/s3/bucket-server.ts';

export const stories: readonly Story[] = [{ ending: 'done', prepare }];

/** The server lives as long as the process that records. */
async function prepare(target: SqliteTarget): Promise<void> {
  const server = await startBucketServer();
  const offsite = await offsiteBackups(target.directory, { server });
  target.backups = Backups.parse({ ...target.backups, ...offsite });
}
