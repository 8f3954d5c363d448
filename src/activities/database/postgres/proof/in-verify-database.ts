import { randomBytes } from 'node:crypto';
import type pg from 'pg';
import { databasesLike, dropDatabase } from '../server/databases.ts';
import { VERIFY, verifyName } from '../server/names.ts';

/** Lends the name of a database that nobody else uses, and drops it. Those of killed attempts go, too. */
export async function inVerifyDatabase<Result>(
  client: pg.Client,
  live: string,
  backup: string,
  use: (name: string) => Promise<Result>,
): Promise<Result> {
  const ours = (name: string) =>
    name.startsWith(live) &&
    VERIFY.test(name.slice(live.length)) &&
    name.slice(live.length).search(VERIFY) === 0;
  for (const left of (await databasesLike(client, VERIFY)).filter(ours))
    // Whoever still works on it holds its lock, and loses that with his life.
    if (await tryLock(client, left)) await dropDatabase(client, left);
  const stamp = /^\d{8}_\d{6}/.exec(backup)?.[0] ?? '00000000_000000';
  const name = verifyName(live, stamp, randomBytes(3).toString('hex'));
  await tryLock(client, name);
  try {
    return await use(name);
  } finally {
    await dropDatabase(client, name);
  }
}

/** Of this session, and gone with it. */
async function tryLock(client: pg.Client, name: string): Promise<boolean> {
  const { rows } = await client.query<{ got: boolean }>(
    'select pg_try_advisory_lock(hashtextextended($1, 0)) as got',
    [name],
  );
  return rows[0]!.got;
}
