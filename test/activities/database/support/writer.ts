/** An application that commits a row every few milliseconds, and holds the database open until it is killed. */
import Database from 'better-sqlite3';
import { LOCK_TIMEOUT } from '../../../support/timeouts.ts';

const [file, journal, checkpoints] = process.argv.slice(2);
const db = new Database(file, { timeout: LOCK_TIMEOUT });
db.pragma(`journal_mode = ${journal ?? 'WAL'}`);
if (checkpoints === 'never') db.pragma('wal_autocheckpoint = 0');
const insert = db.prepare("insert into indicators (region, value) values ('written', 1)");
let written = 0;
setInterval(() => {
  insert.run();
  written += 1;
  process.stdout.write(`${written}\n`);
}, 3);
