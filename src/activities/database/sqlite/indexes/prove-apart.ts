import { spawn } from 'node:child_process';
import { extname } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Proven, Proving } from './prove-on.ts';
import type { Told } from './prove-process.ts';

const program = fileURLToPath(new URL(`prove-process${extname(import.meta.url)}`, import.meta.url));

/**
 * What its process may write to of memory, in KiB: about 512 MiB for statements, beside those of Node and of SQLite's pages. The kernel keeps
 * to it: SQLite's own `hard_heap_limit` does nothing in better-sqlite3, which is built without SQLite's count of memory.
 */
const MAX_MEMORY = 768 * 1024;

interface Heard {
  readonly proven?: Proven;
  readonly failed?: string;
  /** The statement that ran when it ended, or was ended. */
  readonly began?: string;
}

/** A statement cannot be interrupted from within its process: that is ended. It gets no variable of ours. */
export async function proveApart(asked: Proving, within: number): Promise<Heard> {
  const words = ['-c', 'ulimit -d "$0"; exec "$@"', `${MAX_MEMORY}`, process.execPath, program];
  const child = spawn('/bin/sh', words, {
    env: { LC_ALL: 'C' },
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    serialization: 'advanced',
  });
  let heard: Heard = {};
  const done = Promise.withResolvers<void>();
  let limit: NodeJS.Timeout | undefined;
  child.on('message', (told: Told) => {
    // Only statements are anybody's: to make an index takes its time.
    clearTimeout(limit);
    if ('ended' in told) {
      heard = {};
      return;
    }
    heard = { ...heard, ...told };
    if ('began' in told) limit = setTimeout(done.resolve, within);
    else done.resolve();
  });
  child.once('exit', () => done.resolve());
  child.once('error', (error) => {
    heard = { failed: error.message };
    done.resolve();
  });
  try {
    child.send(asked);
    await done.promise;
    return heard;
  } finally {
    clearTimeout(limit);
    child.kill('SIGKILL');
  }
}
