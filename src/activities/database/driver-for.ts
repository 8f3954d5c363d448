import type { Target } from '../../config/schema/target.ts';
import type { DatabaseDriver } from './driver.ts';
import { sqliteDriver } from './sqlite/sqlite-driver.ts';

const drivers = { sqlite: sqliteDriver } satisfies Record<
  Target['database']['kind'],
  (target: Target) => DatabaseDriver
>;

/** The driver of the target's engine, by `database.kind`. */
export function databaseDriver(target: Target): DatabaseDriver {
  return drivers[target.database.kind](target);
}
