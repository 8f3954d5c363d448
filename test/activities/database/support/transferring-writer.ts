/**
 * An application whose rows are right together or not at all: every commit moves an amount between two accounts, and
 * counts itself in another table. Between them it checkpoints its log in every way there is, grows, and shrinks.
 * `transferring-writer.ts <file> <number of this writer>`
 */
import Database from 'better-sqlite3';
import { LOCK_TIMEOUT } from '../../../support/timeouts.ts';

const [file, which] = process.argv.slice(2) as [string, string];
const db = new Database(file, { timeout: LOCK_TIMEOUT });
db.pragma('wal_autocheckpoint = 7');
// So small that an uncommitted change spills into the log, or waits for the file.
db.pragma('cache_size = 20');
const ways = ['passive', 'full', 'restart', 'truncate'];
const accounts = db.prepare('select count(*) from accounts').pluck().get() as number;
const move = db.prepare('update accounts set amount = amount + ? where id = ?');
const pad = db.prepare('update accounts set padding = randomblob(?) where id = ?');
const count = db.prepare('update counts set commits = commits + 1 where writer = ?');
const grow = db.prepare('insert into ballast (content) values (randomblob(60000))');
const shrink = db.prepare('delete from ballast where id % 3 = ?');
const transfer = db.transaction((turn: number) => {
  const amount = turn % 97;
  const from = 1 + Math.floor(Math.random() * accounts);
  const to = 1 + Math.floor(Math.random() * accounts);
  move.run(-amount, from);
  pad.run(500 + (turn % 3000), from);
  if (turn % 5 === 0) for (let times = 0; times < 30; times += 1) grow.run();
  if (turn % 50 === 0) shrink.run(turn % 3);
  move.run(amount, to);
  count.run(which);
});

let turn = 0;
function step(): void {
  turn += 1;
  transfer.immediate(turn);
  if (turn % 3 === 0) db.pragma(`wal_checkpoint(${ways[turn % ways.length]})`);
  if (turn % 40 === 0) db.pragma('incremental_vacuum(200)');
  process.stdout.write(`${turn}\n`);
  setTimeout(step, turn % 4);
}
step();
