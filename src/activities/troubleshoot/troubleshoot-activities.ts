import { expectSqlite } from '../database/expect-engine.ts';
import type { Target } from '../../config/schema/target.ts';
import { acting } from '../../os/acting.ts';
import { permanent } from '../../os/failure.ts';
import { type DatabaseAccess, databaseAccess, type Repair } from './access/database-access.ts';
import { type Repaired, repairAccess, takeBackAccess } from './access/repair-access.ts';
import { type Caches, cachesOf } from './caches-of.ts';
import { type ExportKind, type ExportTried, tryExport } from './exports/try-export.ts';
import { type MemoryUse, memoryUse } from './memory/memory-use.ts';
import { slowStatements, type SlowStatements } from './slow-statements.ts';
import { type Ways, ways } from './ways.ts';

/** What only the troubleshooting runbooks look at. */
export function troubleshootActivities(target: Target) {
  return {
    /** What the application logs as slow, without the values that it was asked with. */
    async slowStatements(): Promise<SlowStatements> {
      return slowStatements(target);
    },

    /** Which caches of the application can be emptied from here. */
    async caches(): Promise<Caches> {
      return cachesOf(target);
    },

    /** Makes a CSV, a PDF or a PNG with the application's own Python, and throws it away. */
    async tryExport(kind: ExportKind): Promise<ExportTried> {
      return tryExport(target, kind);
    },

    /** Whether the application may read and write its database, and what owner and mode would let it. */
    async databaseAccess(): Promise<DatabaseAccess> {
      return databaseAccess(target);
    },

    permitDatabase: acting(async (repairs: readonly Repair[]): Promise<Repaired> =>
      repairAccess(ownOnly(repairs)),
    ),

    /** Takes back what `permitDatabase` did. */
    unpermitDatabase: acting(
      async (repairs: readonly Repair[]): Promise<{ readonly changed: boolean }> =>
        takeBackAccess(ownOnly(repairs)),
    ),

    /** What the application holds of memory now, and how that has changed. */
    async memory(): Promise<MemoryUse> {
      return memoryUse(target);
    },

    /** The proxy, the network and the cache. */
    async ways(): Promise<Ways> {
      return ways(target);
    },
  };

  /** Arguments come from a history: no other file, and nothing looser than the policy, whatever they say. */
  function ownOnly(repairs: readonly Repair[]): readonly Repair[] {
    const { file, mode } = expectSqlite(target, 'To change the rights of its file').database;
    const own = [file, `${file}-wal`, `${file}-shm`, `${file}-journal`];
    return repairs.map(({ from, to }) => {
      if (!own.includes(from.file))
        throw permanent(
          'NotPermitted',
          `Cannot change "${from.file}": it is no file of the database`,
        );
      return { from, to: { ...to, mode: Number.parseInt(mode, 8) } };
    });
  }
}
