/**
 * What the runbooks call, in a process of its own as in a job process: `act.ts <operation> <target as JSON> <stamp>`. Prints the
 * seconds it took, without those in which the process began: a worker's job processes are there when an activity comes.
 */
import { backupActivities } from '../../src/activities/backups/backups-activities.ts';
import { databaseActivities } from '../../src/activities/database/database-activities.ts';
import type { Target } from '../../src/config/schema/target.ts';

const [operation, json, stamp] = process.argv.slice(2) as [string, string, string];
const target = JSON.parse(json) as Target;
const database = databaseActivities(target);
const backups = backupActivities(target, 'bench');
const NEXT = '20990101_000000';

let begun = performance.now();

const operations: Readonly<Record<string, () => Promise<unknown>>> = {
  async backUp() {
    await backups.snapshot(stamp);
    await backups.store(stamp);
    await backups.seal(stamp, 'daily', await backups.verify(stamp));
  },
  async prepareVerify() {
    await backups.snapshot(stamp);
    await backups.store(stamp);
  },
  verify: () => backups.verify(stamp),
  discard: () => backups.discard(stamp),
  stage: async () => database.stage(await backups.find(stamp), NEXT),
  /** All that happens while the application is down, but for its own stop and start. */
  async restore() {
    const staged = await database.stage(await backups.find(stamp), NEXT);
    begun = performance.now();
    await database.keep(NEXT, { verdict: 'sound' });
    await database.swap(staged);
    await database.expectLive(staged);
  },
};
await operations[operation]!();
process.stdout.write(`${(performance.now() - begun) / 1000}\n`);
