import type { SqliteTarget } from '../../src/config/schema/target.ts';
import { backedUp } from '../activities/files/support/back-up.ts';
import { furnish } from '../support/furnished.ts';

/** A backup that has configuration, which was changed since. */
export async function changeConfiguration(target: SqliteTarget): Promise<void> {
  furnish(await backedUp(target), { '.env': 'API_TOKEN=now\n', 'app.conf': 'workers = 8\n' });
}
