import Database from 'better-sqlite3';
import { describe, expect } from 'vitest';
import { test } from '../../support/target.ts';
import { LOCK_TIMEOUT } from '../../support/timeouts.ts';
import { whileTransferring } from './support/processes.ts';
import { systemsOf } from './support/scenarios.ts';

const ACCOUNTS = 2000;
const AMOUNT = 1000;

describe('backups.snapshot', () => {
  for (const [journal, times] of [
    ['WAL', 60],
    ['DELETE', 12],
    ['PERSIST', 12],
  ] as const)
    test(`is one moment of what two writers do, ${times} times, in ${journal} mode`, async ({
      target,
    }) => {
      const { file } = target.database;
      makeAccounts(file, journal);
      const { backups } = systemsOf(target);
      const wrong: unknown[] = [];
      let moved = 0;

      await whileTransferring(file, 2, async () => {
        for (let number = 0; number < times; number += 1) {
          const least = commitsIn(file);
          const minute = String(number % 60).padStart(2, '0');
          const copy = await backups.snapshot(`20260105_02${minute}00`);
          const most = commitsIn(file);

          const seen = lookAt(copy.file);
          moved += most - least;
          const isMoment = seen.commits >= least && seen.commits <= most;
          if (seen.check !== 'ok' || seen.sum !== ACCOUNTS * AMOUNT || !isMoment)
            wrong.push({ number, least, most, ...seen });
        }
      });

      expect(wrong).toEqual([]);
      expect(moved).toBeGreaterThan(times);
    });
});

function makeAccounts(file: string, journal: string): void {
  const db = new Database(file);
  db.pragma('journal_mode = delete');
  db.pragma('auto_vacuum = incremental');
  db.exec('vacuum');
  db.pragma(`journal_mode = ${journal}`);
  db.exec(`create table counts (writer integer primary key, commits integer);
    insert into counts values (0, 0), (1, 0);
    create table accounts (id integer primary key, amount integer, padding blob);
    create index by_amount on accounts (amount);
    create table ballast (id integer primary key, content blob)`);
  const insert = db.prepare(
    'insert into accounts (amount, padding) values (?, randomblob(20_000))',
  );
  db.transaction(() => {
    for (let account = 0; account < ACCOUNTS; account += 1) insert.run(AMOUNT);
  })();
  db.close();
}

function commitsIn(file: string): number {
  const db = new Database(file, { readonly: true, timeout: LOCK_TIMEOUT });
  const commits = db.prepare('select sum(commits) from counts').pluck().get() as number;
  db.close();
  return commits;
}

function lookAt(file: string) {
  const db = new Database(file, { readonly: true });
  const seen = db
    .prepare(
      'select (select sum(amount) from accounts) as sum, sum(commits) as commits from counts',
    )
    .get() as { sum: number; commits: number };
  const check = db.pragma('integrity_check', { simple: true });
  db.close();
  return { ...seen, check };
}
