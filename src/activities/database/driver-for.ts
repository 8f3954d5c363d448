import { isPostgres, isSqlite, type Target } from '../../config/schema/target.ts';
import { permanent } from '../../os/failure.ts';
import { readMigrated } from '../../state/migrated/migrated.ts';
import type { DatabaseDriver } from './driver.ts';
import { postgresDriver } from './postgres/postgres-driver.ts';
import { sqliteDriver } from './sqlite/sqlite-driver.ts';

/** The driver of the target's engine, by `database.kind`. That of SQLite refuses all once its database was left for PostgreSQL: `Migrated`. */
export function databaseDriver(target: Target): DatabaseDriver {
  if (isSqlite(target)) return unlessLeft(target, sqliteDriver(target));
  if (isPostgres(target)) return postgresDriver(target);
  throw permanent('RunbookBug', 'There is no driver of this "database.kind"');
}

/** What was left is of yesterday, however sound it is: nothing is done with it, and nothing is said of it. A migration may come at any time. */
function unlessLeft(target: Target, driver: DatabaseDriver): DatabaseDriver {
  return new Proxy(driver, {
    get(own, name, receiver) {
      const left = readMigrated(target);
      if (left) throw permanent('Migrated', left.note);
      return Reflect.get(own, name, receiver) as unknown;
    },
  });
}
