/**
 * An application on PostgreSQL that may run several times: it answers with which of them it is and how many rows there are, `/slow` after 1.5 s,
 * adds rows all the time, and tells its health from `health` beside it: the file `ill` in its directory makes it ill from its start on.
 *
 * Usage: replicated-app.ts <port> <directory of the socket> <database> <own directory>
 */
import { existsSync } from 'node:fs';
import { createServer } from 'node:http';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Pool } from 'pg';

const [port, host, database, own] = process.argv.slice(2) as [string, string, string, string];
const pool = new Pool({ host, database, port: Number(process.env['PGPORT']), user: 'app', max: 2 });
pool.on('error', () => {});
const isIll = existsSync(join(own, 'ill'));

const writer = setInterval(() => {
  pool
    .query('insert into indicators (region, value) values ($1, $2)', ['written', Math.random()])
    .catch(() => {});
}, 200);

const server = createServer((request, response) => {
  void (async () => {
    if (isIll && request.url !== '/') return response.writeHead(503).end('ill');
    if (request.url === '/slow') await sleep(1500);
    const { rows } = await pool.query('select count(*)::int as rows from indicators');
    return response.writeHead(200).end(`${hostname()} has ${rows[0].rows} rows`);
  })().catch((error: Error) => response.writeHead(503).end(error.message));
});
server.listen(Number(port), '0.0.0.0');

process.once('SIGTERM', () => {
  clearInterval(writer);
  server.close(() => process.exit());
  server.closeIdleConnections();
});
