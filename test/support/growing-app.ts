/**
 * A real application that needs more and more memory and gets slow by it: each page reads all that it holds, and all that it keeps in
 * Redis. `/grow?mebibytes=200` makes it hold more.
 *
 * Usage: growing-app.ts <database> <port> <pid> [redis url]. It ends when the process <pid> has ended.
 */
import { createServer } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import Database from 'better-sqlite3';
import { Redis } from 'ioredis';

const MEBIBYTE = 2 ** 20;

const [file, port, guardian, redisUrl] = process.argv.slice(2) as [string, string, string, string?];
const db = new Database(file, { fileMustExist: true });
const rows = db.prepare('select count(*) from measurements').pluck();
const cache = redisUrl ? new Redis(redisUrl, { maxRetriesPerRequest: 1 }) : undefined;
cache?.on('error', () => {});
const held: Buffer[] = [];

const guard = setInterval(() => {
  try {
    process.kill(Number(guardian), 0);
  } catch {
    process.exit();
  }
}, 500);

const server = createServer((request, response) => {
  void answer(new URL(request.url!, 'http://localhost')).then(
    (text) => response.end(text),
    (error: Error) => response.writeHead(500).end(error.message),
  );
});
server.listen(Number(port), '127.0.0.1');

process.once('SIGTERM', () => {
  clearInterval(guard);
  cache?.disconnect();
  server.close(() => db.close());
  server.closeAllConnections();
});

async function answer({ pathname, searchParams }: URL): Promise<string> {
  if (pathname === '/grow') {
    const mebibytes = Number(searchParams.get('mebibytes'));
    for (let made = 0; made < mebibytes; made += 1) held.push(Buffer.alloc(MEBIBYTE, made));
    return `${held.length}`;
  }
  const known = pathname === '/' ? ((await cache?.lrange('demo:history', 0, -1)) ?? []) : [];
  // Most of it is waiting, as for a disk: how busy the machine is decides nothing.
  if (pathname === '/') await pause(known.length / 200 + held.length * 3);
  const sum = pathname === '/' ? held.reduce((all, one) => all + sumOf(one), 0) : 0;
  return `${rows.get() as number} rows, ${known.length} known, ${sum}`;
}

function sumOf(bytes: Buffer): number {
  let sum = 0;
  for (let at = 0; at < bytes.length; at += 2) sum += bytes[at]!;
  return sum;
}
