import { closeSync, openSync, readdirSync, rmSync, truncateSync, writeSync } from 'node:fs';
import { createServer } from 'node:http';
import { basename, dirname } from 'node:path';
import { expect } from 'vitest';
import type { SqliteTarget } from '../../src/config/schema/target.ts';
import { damageDatabase } from '../../src/dev/demo/sample-database.ts';
import type { Ending } from '../../src/engine/run/ending.ts';
import { withDatabase } from './live-database.ts';
import { addForeignIndex } from './foreign-schema.ts';
import { addMark } from './marks.ts';
import type { Around, Runs } from './run.ts';

export interface Recovered {
  readonly downtimeMilliseconds: number;
  readonly kept: string;
  readonly before: string;
  readonly rollbackPoint: string;
  readonly noRollbackPoint?: string;
}

/** What goes wrong in a recovery, for real. */
export const faults: Readonly<Record<string, (world: SqliteTarget) => Around>> = {
  'a restored file that is not the proven one':
    ({ database }) =>
    async (activity, work) => {
      if (activity === 'database.expectLive') overwrite(database.file, 8192, 'not what was proven');
      return work();
    },

  // Somebody else has the port until the old database is back: the application ends as soon as it starts.
  'a start that never gets ready': ({ app }) => {
    const squatter = createServer((_, response) => response.writeHead(503).end());
    return async (activity, work) => {
      const port = Number(new URL(app.url).port);
      if (activity === 'database.swap')
        await new Promise<void>((settle) => squatter.listen(port, '127.0.0.1', settle));
      if (activity === 'database.putBack' || activity === 'database.isLive') squatter.close();
      return work();
    };
  },
};

/** Takes the backup that the recovery will find. */
export async function backUp(runs: Runs): Promise<{ backup: string; rows: number }> {
  const { ending } = await runs.run('daily-backup');
  if (ending.outcome !== 'done') throw new Error(ending.failure?.message);
  return ending.output as { backup: string; rows: number };
}

/** What becomes of the live database before the recovery. */
async function prepare(
  world: SqliteTarget,
  before: 'sound' | 'unclear' | 'damaged' | 'empty' | 'missing',
): Promise<void> {
  const { file } = world.database;
  if (before === 'unclear') addForeignIndex(file);
  if (before === 'damaged') damageDatabase(file, 30);
  if (before === 'empty') truncateSync(file);
  if (before === 'missing') rmSync(file);
}

export function journalMode(target: SqliteTarget): unknown {
  return withDatabase(target, (db) => db.pragma('journal_mode', { simple: true }));
}

function overwrite(file: string, offset: number, text: string): void {
  const fd = openSync(file, 'r+');
  writeSync(fd, text, offset);
  closeSync(fd);
}

/** Whatever a recovery must not leave beside the database. */
export function leftovers({ database }: SqliteTarget): string[] {
  const name = basename(database.file);
  return readdirSync(dirname(database.file)).filter(
    (file) => file.startsWith(`${name}.`) && /staged|part/.test(file),
  );
}

export function states({ ledger }: Ending): string {
  return ledger.map(({ state }) => state).join(' ');
}

export async function pidOf({ runtime }: { runtime: { describe(): Promise<{ detail: string }> } }) {
  const { detail } = await runtime.describe();
  const [pid] = /\d+/.exec(detail) ?? [];
  return pid === undefined ? undefined : Number(pid);
}

/** A recovery in which one thing goes wrong. Somebody is notified, and nothing incomplete is left behind. */
export async function recoverWith(
  fault: string,
  before: 'sound' | 'unclear' | 'damaged' | 'empty' | 'missing',
  { world, runs }: { readonly world: SqliteTarget; readonly runs: Runs },
): Promise<Ending> {
  await backUp(runs);
  addMark(world, 'written after the backup');
  await prepare(world, before);

  const { ending } = await runs.run(
    'database-recovery',
    { backup: 'latest' },
    {
      around: faults[fault]!(world),
    },
  );

  expect(ending.notices).toHaveLength(1);
  expect(ending.failure).toBeDefined();
  expect(leftovers(world)).toEqual([]);
  return ending;
}
