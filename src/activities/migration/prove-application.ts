import type { Target } from '../../config/schema/target.ts';
import { readMigrated } from '../../state/migrated/migrated.ts';
import { appActivities } from '../app/app-activities.ts';
import { migrationOf } from './with-postgres.ts';

/** As `app.prove`, of the database on which the application works now, whatever the target's file says yet. Errors: `NotFunctional`, `NoData`. */
export async function proveApplication(target: Target): Promise<{ readonly note: string }> {
  const database = readMigrated(target) ? migrationOf(target).to : target.database;
  const { note } = await appActivities({ ...target, database }).prove();
  return { note: `${note}, in ${database.kind === 'sqlite' ? 'SQLite' : 'PostgreSQL'}` };
}
