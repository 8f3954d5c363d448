import type { Stamp } from '../../../../config/time/stamp.ts';

/** Every name that a run gives to a database on the server of the live one. */
export interface PostgresNames {
  /** What `stage` works on, until it is proven. */
  readonly part: string;
  /** The proven copy of a backup, until it becomes the live database. */
  readonly staged: string;
  /** What was live before. */
  readonly kept: string;
  /** What had been restored, when the restore was undone. */
  readonly undone: string;
}

/** PostgreSQL cuts a name at 63 bytes without a word: `database.database` is held to what leaves room for these. */
export function postgresNames(live: string, stamp: Stamp): PostgresNames {
  return {
    part: `${live}_part_${stamp}`,
    staged: `${live}_stage_${stamp}`,
    kept: `${live}_pre_${stamp}`,
    undone: `${live}_undone_${stamp}`,
  };
}

/** What proves a backup by a restore works on one of these. */
export function verifyName(live: string, stamp: string, some: string): string {
  return `${live}_verify_${stamp}_${some}`;
}

/** What a drill works on. */
export function drillName(live: string, stamp: Stamp): string {
  return `${live}_drill_${stamp}`;
}

export const VERIFY = /_verify_\d{8}_\d{6}_[0-9a-f]{6}$/;
