import { mkdirSync } from 'node:fs';
import type { SqliteTarget } from '../../../../src/config/schema/target.ts';
import { type BucketServer, startBucketServer } from '../../../support/s3/bucket-server.ts';
import { fill, ROWS, test as base } from '../../../support/target.ts';
import { offsiteTarget } from './offsite-target.ts';

/** A target whose backups go to a bucket of its own, which locks what comes for a day. */
export const test = base.extend<{ lock: number; server: BucketServer; target: SqliteTarget }>({
  lock: 1,
  server: async ({ lock }, use) => {
    const server = await startBucketServer({ lock });
    await use(server);
    await server.stop();
  },
  target: async ({ directory, server }, use) => {
    const target = await offsiteTarget(directory, { server, offsite: { part: '5MB' } });
    mkdirSync(target.backups.directory);
    mkdirSync(target.state);
    fill(target.database.file, ROWS);
    await use(target);
  },
});
