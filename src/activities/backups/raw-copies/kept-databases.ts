import { databaseText } from '../../../config/load/database-text.ts';
import { isPostgres, type Target } from '../../../config/schema/target.ts';
import { failureOf } from '../../../os/failure-of.ts';
import { type KeptDatabase, keptDatabases } from '../../database/postgres/server/kept-databases.ts';
import type { Pin } from '../catalogue/pin.ts';
import { pinOf } from './raw-copies.ts';

/** Databases on the target's server that runs have put aside: no backups, as little as raw files are. */
export interface OnServer {
  /** The live one, for people. */
  readonly place: string;
  /** The newest first. */
  readonly found: readonly (KeptDatabase & { readonly pin?: Pin })[];
  /** Why nobody knows which there are. */
  readonly unread?: string;
}

/** Undefined where the database is a file. That the server cannot be asked is an answer. */
export async function listKeptDatabases(target: Target): Promise<OnServer | undefined> {
  if (!isPostgres(target)) return undefined;
  const place = databaseText(target.database);
  try {
    const found = await keptDatabases(target);
    return {
      place,
      found: found.map((one) => {
        const pin = pinOf(target, one.id);
        return pin ? { ...one, pin } : one;
      }),
    };
  } catch (error) {
    return { place, found: [], unread: failureOf(error).message };
  }
}
