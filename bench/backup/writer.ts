/** An application that commits a row `rate` times a second, and tells how long its slowest commits took. */
import Database from 'better-sqlite3';

const [file, rate] = process.argv.slice(2);
const db = new Database(file, { timeout: 60_000 });
db.pragma('synchronous = normal');
const insert = db.prepare(
  `insert into measurements (region, indicator, year, value, note) values ('bench', 'written', 2026, 1, 'x')`,
);
const took: number[] = [];
const begun = performance.now();
const timer = setInterval(() => {
  // What is due by now, so that a slow commit does not lower the rate.
  const due = Math.floor(((performance.now() - begun) / 1000) * Number(rate));
  while (took.length < due) {
    const before = performance.now();
    insert.run();
    took.push(performance.now() - before);
  }
}, 5);
process.on('message', () => {
  clearInterval(timer);
  db.close();
  const slowest = took.toSorted((a, b) => a - b);
  process.send!({ writes: took.length, p99: slowest[Math.floor(slowest.length * 0.99)] ?? 0 });
  process.disconnect();
});
process.on('disconnect', () => process.exit());
