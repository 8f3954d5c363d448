/**
 * The application that the demo looks after: it serves `/`, `/metrics` and `/_stcore/health` from a SQLite database, keeps its
 * page in Redis when it is given one, and adds rows all the time. Its health is honest: it reads the whole table.
 *
 * Usage: sample-app.ts <database> <port> <pid> [redis url]. It ends when the process <pid> has ended.
 */
import { createServer } from 'node:http';
import Database from 'better-sqlite3';
import { Redis } from 'ioredis';
import { countText } from '../../config/text/count-text.ts';
import { SAMPLE_TABLE } from './sample-database.ts';

const [file, port, guardian, redisUrl] = process.argv.slice(2) as [string, string, string, string?];
const WRITE_EVERY_MILLISECONDS = 20;
const PAGE_KEY = 'demo:page';

const db = new Database(file, { fileMustExist: true });
// So small that it meets what lies on the disk, as an application with a large database does.
db.pragma('cache_size = 10');
const scan = db.prepare(
  `select count(*) as rows, avg(value) as mean from ${SAMPLE_TABLE} not indexed`,
);
const insert = db.prepare(`insert into ${SAMPLE_TABLE} (region, value, note) values (?, ?, ?)`);
const cache = redisUrl ? new Redis(redisUrl, { maxRetriesPerRequest: 1 }) : undefined;
cache?.on('error', (error) => console.error('redis', error.message)); // oxlint-disable-line no-console
let fault: string | undefined;

const writer = setInterval(() => {
  attempt(() =>
    insert.run(`region ${Date.now() % 16}`, Math.random(), 'written by the sample app'),
  );
}, WRITE_EVERY_MILLISECONDS);
const guard = setInterval(() => {
  if (!isAlive(Number(guardian))) process.exit();
}, 500);

const server = createServer((request, response) => {
  const found = attempt(() => scan.get() as { rows: number; mean: number });
  const healthy = found !== undefined && fault === undefined;
  if (request.url === '/_stcore/health') {
    response.writeHead(healthy ? 200 : 503).end(healthy ? 'ok' : fault);
    return;
  }
  if (request.url === '/metrics') {
    const rows = found?.rows ?? Number.NaN;
    response
      .writeHead(healthy ? 200 : 503, { 'content-type': 'text/plain; version=0.0.4' })
      .end(`# TYPE measurements_rows gauge\nmeasurements_rows ${rows}\n`);
    return;
  }
  const page = found
    ? `<h1>Measurements</h1><p>${countText(found.rows, 'row')}, mean ${found.mean.toFixed(4)}`
    : `<h1>${fault}`;
  void cache?.set(PAGE_KEY, page).catch(() => {});
  response.writeHead(healthy ? 200 : 500, { 'content-type': 'text/html' }).end(page);
});
server.listen(Number(port), '127.0.0.1');

process.once('SIGTERM', () => {
  clearInterval(writer);
  clearInterval(guard);
  cache?.disconnect();
  server.close(() => db.close());
  server.closeAllConnections();
});

/** What SQLite says goes wrong is remembered, so that health reports it. */
function attempt<Result>(action: () => Result): Result | undefined {
  try {
    return action();
  } catch (error) {
    const message = (error as Error).message;
    if (fault !== message) console.error(message); // oxlint-disable-line no-console
    fault = message;
    return undefined;
  }
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    // It belongs to another user.
    return (error as { code?: string }).code === 'EPERM';
  }
}
