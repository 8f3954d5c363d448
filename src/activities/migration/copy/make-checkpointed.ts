import { liveFile } from '../../../os/files/live-file.ts';
import { checkpoint } from '../../database/sqlite/file/checkpoint.ts';
import { sidecarsOf } from '../../../os/files/sqlite-sidecars.ts';
import { expectUnopened } from '../../database/sqlite/file/openers.ts';
import { byDatabaseOwner } from '../../database/sqlite/owner/by-database-owner.ts';
import { type Print, printOf } from '../source/take-snapshot.ts';

/** Makes one file of a database whose application is stopped, and answers what it is recognised by. Error: `DatabaseInUse`. */
export function makeCheckpointed(file: string): Print {
  const live = liveFile(file);
  expectUnopened(live);
  if (sidecarsOf(live).length > 0) byDatabaseOwner(live, () => checkpoint(live));
  return printOf(live);
}
