/**
 * An application on PostgreSQL: it serves `/` and `/_stcore/health`, which reads its whole table, and adds rows all the time. A connection
 * that is cut off is made anew at the next request.
 *
 * Usage: postgres-app.ts <url> <port> <pid> [another database]. It ends when the process <pid> has ended. The password lies in the file that
 * the URL's `passwordFile` names: no argument has it.
 */
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { Pool } from 'pg';

const [address, port, guardian, database] = process.argv.slice(2) as [
  string,
  string,
  string,
  string?,
];
const url = new URL(address);
if (database !== undefined) url.pathname = `/${encodeURIComponent(database)}`;
url.password = encodeURIComponent(readFileSync(url.searchParams.get('passwordFile')!, 'utf8'));
url.search = '';
const pool = new Pool({
  connectionString: url.href,
  application_name: 'postgres-app',
  max: 3,
  connectionTimeoutMillis: 2000,
  statement_timeout: 3000,
});
pool.on('error', () => {});

let writing = false;
const writer = setInterval(() => {
  if (writing) return;
  writing = true;
  pool
    .query('insert into indicators (region, value) values ($1, $2)', ['written', Math.random()])
    .catch((error: Error) => console.error(error.message)) // oxlint-disable-line no-console
    .finally(() => (writing = false));
}, 50);
const guard = setInterval(() => {
  try {
    process.kill(Number(guardian), 0);
  } catch {
    process.exit();
  }
}, 500);

const server = createServer((_, response) => {
  pool
    .query('select count(*)::int as rows from indicators')
    .then(({ rows }) => response.writeHead(200).end(`${rows[0].rows} rows`))
    .catch((error: Error) => response.writeHead(503).end(error.message));
});
server.listen(Number(port), '127.0.0.1');

process.once('SIGTERM', () => {
  clearInterval(writer);
  clearInterval(guard);
  server.close();
  server.closeAllConnections();
  void pool.end();
});
