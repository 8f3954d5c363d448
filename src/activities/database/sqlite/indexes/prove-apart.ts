import { spawn } from 'node:child_process';
import { extname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { limitMemory } from '../../../../os/process/limit-memory.ts';
import type { Proven, Proving } from './prove-on.ts';
import type { Told } from './prove-process.ts';

const program = fileURLToPath(new URL(`prove-process${extname(import.meta.url)}`, import.meta.url));

/**
 * For statements, in bytes, beside what Node itself has when it is ready, of which most is only reserved. The kernel keeps to it: SQLite's own
 * `hard_heap_limit` does nothing in better-sqlite3, which is built without SQLite's count of memory.
 */
const MAX_MEMORY = 512 * 1024 ** 2;

interface Heard {
  readonly proven?: Proven;
  readonly failed?: string;
  /** The statement that ran when it ended, or was ended. */
  readonly began?: string;
  readonly exhausted?: true;
}

/** A statement cannot be interrupted from within its process: that is ended. It gets no variable of ours. */
export async function proveApart(asked: Proving, within: number): Promise<Heard> {
  const child = spawn(process.execPath, [program], {
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
    if ('ready' in told) {
      void limitMemory(child.pid!, MAX_MEMORY)
        .then(() => child.send(asked))
        .catch(fail);
      return;
    }
    if ('ended' in told) {
      heard = {};
      return;
    }
    heard = { ...heard, ...told };
    if ('began' in told) limit = setTimeout(done.resolve, within);
    else done.resolve();
  });
  child.once('exit', () => done.resolve());
  child.once('error', fail);
  try {
    await done.promise;
    return heard;
  } finally {
    clearTimeout(limit);
    child.kill('SIGKILL');
  }

  function fail(error: Error): void {
    heard = { failed: error.message };
    done.resolve();
  }
}
