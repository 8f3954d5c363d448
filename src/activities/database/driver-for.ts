import { isPostgres, isSqlite, type Target } from '../../config/schema/target.ts';
import { permanent } from '../../os/failure.ts';
import type { DatabaseDriver } from './driver.ts';
import { postgresDriver } from './postgres/postgres-driver.ts';
import { sqliteDriver } from './sqlite/sqlite-driver.ts';

/** The driver of the target's engine, by `database.kind`. */
export function databaseDriver(target: Target): DatabaseDriver {
  if (isSqlite(target)) return sqliteDriver(target);
  if (isPostgres(target)) return postgresDriver(target);
  throw permanent('RunbookBug', 'There is no driver of this "database.kind"');
}
