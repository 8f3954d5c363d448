/** Takes a lock on a database, says so, and holds it until it is ended. `stubborn`: not by SIGTERM. */
import Database from 'better-sqlite3';
import { LOCK_TIMEOUT } from '../../../support/timeouts.ts';

const [file, how, temper] = process.argv.slice(2) as [string, string, string?];
const db = new Database(file, { timeout: LOCK_TIMEOUT });
if (how === 'reads') {
  db.exec('begin');
  db.prepare('select count(*) from sqlite_schema').get();
}
if (how === 'writes') {
  db.exec('begin immediate');
  db.exec('create table if not exists held (text)');
}
if (how === 'has all of it') db.exec('begin exclusive');
if (temper === 'stubborn') process.on('SIGTERM', () => {});
process.stdout.write('held\n');
// Used, so that it is not collected, which would close it.
setInterval(() => db.open, 1000);
