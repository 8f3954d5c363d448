import { statSync } from 'node:fs';
import { join } from 'node:path';
import type { PostgresTarget } from '../../../../config/schema/target.ts';
import type { Stamp } from '../../../../config/time/stamp.ts';
import type { Unproven } from '../../../../config/unproven.ts';
import { permanent } from '../../../../os/failure.ts';
import { expectSpaceFor } from '../../../../os/files/disk-space.ts';
import { ensurePrivate } from '../../../../os/files/ensure-private.ts';
import { withScratchFor } from '../../../../os/files/scratch.ts';
import { sha256Of } from '../../../../os/files/sha256.ts';
import { writeBytes } from '../../../artefact/bytes.ts';
import {
  isPostgresFacts,
  type PostgresFacts,
  type StoredDatabase,
} from '../../../artefact/manifest.ts';
import { openStored } from '../../../artefact/open-stored.ts';
import type { Staged } from '../../driver.ts';
import { expectEngine } from '../../expect-engine.ts';
import { stageFrom } from '../../stage-from.ts';
import { differenceOf } from '../content/differences.ts';
import { readContent, type ReadContent } from '../content/read-content.ts';
import type { PostgresConnection } from '../server/connection.ts';
import { dropDatabase, findDatabase } from '../server/databases.ts';
import { postgresNames, type PostgresNames } from '../server/names.ts';
import { identifier, withClient } from '../server/with-client.ts';
import { restoreInto } from './restore-into.ts';
import { settingsBack } from './settings-back.ts';

/**
 * Restores a backup beside the live database, and proves it by every row: it gets its name only then. Where the backup lies in several
 * places, the next is tried when one is damaged or cannot be read.
 */
export async function stage(
  target: PostgresTarget,
  connection: PostgresConnection,
  backup: StoredDatabase,
  stamp: Stamp,
): Promise<Staged> {
  return restoreProven(target, connection, backup, postgresNames(connection.database, stamp));
}

/** The same under any name: a drill has its own. `part`: what it is called until it is proven. */
export async function restoreProven(
  target: PostgresTarget,
  connection: PostgresConnection,
  backup: StoredDatabase,
  names: Pick<PostgresNames, 'part' | 'staged'>,
): Promise<Staged> {
  expectEngine(target, backup.id, backup.database);
  return stageFrom(backup, (from) => stageOne(target, connection, from, names));
}

const CHECKS = ['sha256', 'restore', 'content', 'row counts', 'schema'];

async function stageOne(
  target: PostgresTarget,
  connection: PostgresConnection,
  backup: StoredDatabase,
  { part, staged }: Pick<PostgresNames, 'part' | 'staged'>,
): Promise<Staged> {
  const { via, keyTable } = target.database;
  const facts = backup.database;
  if (!isPostgresFacts(facts)) throw permanent('RunbookBug', `Backup "${backup.id}" is no dump`);
  return withClient(
    connection,
    async (client) => {
      await dropDatabase(client, part);
      const before = await findDatabase(client, staged);
      // It has its name only since it passed every check, so that equal content proves it again.
      const again = before && (await contentOf(staged));
      if (again && differenceOf(again, facts) === undefined)
        return resultOf(before.token, before.bytes, again, [], false);
      await dropDatabase(client, staged);
      try {
        await inScratch(target, backup, facts, (file) =>
          restoreInto(target, connection, client, {
            file,
            name: part,
            server: facts.server,
            bytes: facts.databaseBytes,
            backup: backup.id,
          }),
        );
        const content = await contentOf(part);
        const difference = differenceOf(content, facts);
        if (difference)
          throw permanent(
            'BackupDamaged',
            `Backup "${backup.id}" does not pass ${difference.check}: ${difference.finding}`,
          );
        // Without what its planner knows, the application would be slow on it until autovacuum has been there.
        await withClient(connection, (inside) => inside.query('analyze'), {
          database: part,
          statement: 0,
        });
        const unproven = await settingsBack(client, part, facts.server);
        await client.query(`alter database ${identifier(part)} rename to ${identifier(staged)}`);
        const made = await findDatabase(client, staged);
        return resultOf(made!.token, made!.bytes, content, unproven, true);
      } catch (error) {
        await dropDatabase(client, part).catch(() => {});
        throw error;
      }
    },
    { database: via, statement: 0 },
  );

  function contentOf(name: string): Promise<ReadContent> {
    return withClient(connection, (inside) => readContent(inside, keyTable), {
      database: name,
      statement: 0,
    });
  }

  function resultOf(
    token: string,
    bytes: number | undefined,
    content: ReadContent,
    unproven: readonly Unproven[],
    changed: boolean,
  ): Staged {
    return {
      file: staged,
      inode: token,
      bytes: bytes ?? 0,
      sha256: content.contentHash,
      rows: content.tables[facts.keyTable] ?? 0,
      checks: CHECKS,
      ...(unproven.length > 0 && { unproven }),
      changed,
    };
  }
}

/** The dump as it was made, for the programs that read it. Errors: `BackupDamaged`, `BackupUnreadable`. */
async function inScratch(
  target: PostgresTarget,
  { id, file }: StoredDatabase,
  facts: PostgresFacts,
  use: (dump: string) => Promise<void>,
): Promise<void> {
  if (!statSync(file, { throwIfNoEntry: false })?.isFile())
    throw permanent('BackupUnreadable', `Cannot read backup "${id}": "${file}" is missing`);
  ensurePrivate(target.state);
  expectSpaceFor(facts.bytes, target.state);
  await withScratchFor(join(target.state, 'stage'), async (scratch) => {
    const dump = join(scratch, facts.file);
    await writeBytes(dump, await openStored(target, file, facts.stored, id));
    const got = sha256Of(dump);
    if (got !== facts.sha256)
      throw permanent(
        'BackupDamaged',
        `Backup "${id}" does not pass sha256: got "${got}", expected "${facts.sha256}"`,
      );
    await use(dump);
  });
}

/** Removes what `stage` made, and what its killed attempts left. */
export async function unstage(
  { database }: Pick<PostgresTarget, 'database'>,
  connection: PostgresConnection,
  stamp: Stamp,
): Promise<{ readonly changed: boolean }> {
  const { part, staged } = postgresNames(connection.database, stamp);
  return withClient(
    connection,
    async (client) => {
      await dropDatabase(client, part);
      return { changed: await dropDatabase(client, staged) };
    },
    { database: database.via, statement: 0 },
  );
}
