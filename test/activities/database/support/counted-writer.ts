/**
 * An application that commits a row every few milliseconds until it is told to end, and then tells how many commits were
 * acknowledged and how long the slowest took. It waits for others as long as SQLite's usual 5 s.
 */
import { createInterface } from 'node:readline';
import Database from 'better-sqlite3';

const [file] = process.argv.slice(2);
const db = new Database(file, { timeout: 5000 });
db.pragma('busy_timeout = 5000');
const insert = db.prepare("insert into indicators (region, value) values ('acknowledged', 1)");
const times: number[] = [];
const timer = setInterval(() => {
  const begun = performance.now();
  insert.run();
  times.push(performance.now() - begun);
}, 3);

createInterface({ input: process.stdin }).once('line', () => {
  clearInterval(timer);
  db.close();
  const sorted = times.toSorted((a, b) => a - b);
  const at = (share: number) => sorted[Math.floor((sorted.length - 1) * share)];
  process.stdout.write(
    JSON.stringify({ acknowledged: times.length, p50: at(0.5), p99: at(0.99), max: at(1) }),
  );
  process.exit();
});
process.stdout.write('ready\n');
