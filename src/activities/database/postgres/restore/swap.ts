import type { PostgresTarget } from '../../../../config/schema/target.ts';
import { Stamp } from '../../../../config/time/stamp.ts';
import { permanent } from '../../../../os/failure.ts';
import type { Live, Staged, Swapped } from '../../driver.ts';
import { fullName, readContent } from '../content/read-content.ts';
import type { PostgresConnection } from '../server/connection.ts';
import { findDatabase } from '../server/databases.ts';
import { postgresNames } from '../server/names.ts';
import { identifier, withClient } from '../server/with-client.ts';
import { closed, withVia } from './keep.ts';

type Of = Pick<PostgresTarget, 'database' | 'state'>;

/** Gives the live name to the staged copy, and another one to what had it, in one transaction: both, or neither. */
export async function swap(
  target: Of,
  connection: PostgresConnection,
  staged: Staged,
): Promise<Swapped> {
  const live = connection.database;
  const stamp = stampIn(staged.file);
  const { kept } = postgresNames(live, stamp);
  return withVia(target, connection, async (client) => {
    const now = await findDatabase(client, live);
    // The application may have written to it since: to restore again would lose that.
    if (now?.token === staged.inode) return { changed: false };
    const found = await findDatabase(client, staged.file);
    if (found?.token !== staged.inode)
      throw permanent('StagedMissing', `Cannot restore "${live}": "${staged.file}" is gone`);
    await closed(target, client, staged.file);
    if (now) await closed(target, client, live);
    await client.query('begin');
    if (now) {
      await client.query(`alter database ${identifier(live)} rename to ${identifier(kept)}`);
      // Whoever makes a backup of it connects to it; no application knows its name.
      await client.query(`alter database ${identifier(kept)} allow_connections true`);
    }
    await client.query(`alter database ${identifier(staged.file)} rename to ${identifier(live)}`);
    await client.query(`alter database ${identifier(live)} allow_connections true`);
    await client.query('commit');
    return { changed: true };
  });
}

function stampIn(file: string): Stamp {
  return Stamp.parse(/_stage_(\d{8}_\d{6})$/.exec(file)?.[1]);
}

export async function isLive(
  target: Of,
  connection: PostgresConnection,
  { inode }: Staged,
): Promise<boolean> {
  const found = await withVia(target, connection, (client) =>
    findDatabase(client, connection.database),
  );
  return found?.token === inode;
}

/** Demands that what has the live name is the copy that was proven, row by row. Error: `RestoredDiffers`. */
export async function expectLive(
  target: Of,
  connection: PostgresConnection,
  staged: Staged,
): Promise<Live> {
  const live = connection.database;
  const { keyTable } = target.database;
  const found = await withVia(target, connection, (client) => findDatabase(client, live));
  expectEqual('database', found?.token, staged.inode);
  const { contentHash, rows } = await withClient(
    connection,
    async (client) => {
      const content = await readContent(client, keyTable);
      return { ...content, rows: content.tables[fullName(keyTable)] ?? 0 };
    },
    { statement: 0 },
  );
  expectEqual('content', contentHash, staged.sha256);
  expectEqual(`rows in ${keyTable}`, rows, staged.rows);
  return { rows, integrity: 'ok', sha256: contentHash };

  function expectEqual(what: string, got: unknown, expected: unknown): void {
    if (got !== expected)
      throw permanent(
        'RestoredDiffers',
        `"${live}" is not the restored copy: ${what} ${String(got)}, expected ${String(expected)}`,
      );
  }
}
