/**
 * An application that works on the database that `DATABASE_URL` in its `.env` names: `sqlite:<file>` or `postgresql://...`. It serves `/` and
 * `/_stcore/health`, which reads its whole table, and says on which engine it works. With `WRITES=yes` it adds rows all the time.
 *
 * Usage: migrating-app.ts <port> <pid>, in its directory. It ends when the process <pid> has ended.
 */
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { parseEnv } from 'node:util';
import Database from 'better-sqlite3';
import { Pool } from 'pg';

const [port, guardian] = process.argv.slice(2) as [string, string];
const {
  DATABASE_URL: url = '',
  WRITES,
  TABLE = 'indicators',
} = parseEnv(readFileSync('.env', 'utf8'));

interface Store {
  readonly engine: string;
  count(): Promise<number>;
  add(): Promise<unknown>;
  close(): void;
}

const store: Store = url.startsWith('sqlite:') ? sqlite(url.slice('sqlite:'.length)) : postgres();

function sqlite(file: string): Store {
  // As most applications do, it would make a file that is not there.
  const db = new Database(file, { timeout: 3000 });
  db.pragma('journal_mode = wal');
  return {
    engine: 'SQLite',
    async count() {
      return db.prepare(`select count(*) from ${TABLE}`).pluck().get() as number;
    },
    async add() {
      db.prepare(`insert into ${TABLE} (region, value) values (?, ?)`).run('written', 0.5);
    },
    close: () => db.close(),
  };
}

function postgres(): Store {
  const pool = new Pool({ connectionString: url, application_name: 'shop', max: 3 });
  pool.on('error', () => {});
  return {
    engine: 'PostgreSQL',
    async count() {
      const { rows } = await pool.query(`select count(*)::int as rows from ${TABLE}`);
      return (rows[0] as { rows: number }).rows;
    },
    add: () => pool.query(`insert into ${TABLE} (region, value) values ('written', 0.5)`),
    close: () => void pool.end(),
  };
}

let writing = false;
const writer = setInterval(() => {
  if (writing || WRITES !== 'yes') return;
  writing = true;
  store
    .add()
    .catch((error: Error) => console.error(error.message)) // oxlint-disable-line no-console
    .finally(() => (writing = false));
}, 20);
const guard = setInterval(() => {
  try {
    process.kill(Number(guardian), 0);
  } catch {
    process.exit();
  }
}, 500);

const server = createServer((_, response) => {
  store
    .count()
    .then((rows) => response.writeHead(200).end(`${rows} rows in ${store.engine}`))
    .catch((error: Error) => response.writeHead(503).end(error.message));
});
server.listen(Number(port), '127.0.0.1');

process.once('SIGTERM', () => {
  clearInterval(writer);
  clearInterval(guard);
  server.close(() => store.close());
  server.closeAllConnections();
});
