import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { getCompileCacheDir } from 'node:module';
import { dirname, extname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ApplicationFailure } from '@temporalio/common';
import type { Target } from '../config/schema/target.ts';
import { passing } from '../os/failure.ts';

export interface Job {
  readonly target: Target;
  /** The workflow id on whose behalf it is done. */
  readonly run: string;
  /** Such as `database.swap`. */
  readonly activity: string;
  readonly args: readonly unknown[];
  /** When Temporal gives the attempt up, in ms since 1970: it must not begin to act after that. */
  readonly deadline: number;
}

/** What a job process is sent. */
export interface SentJob extends Job {
  /** The pid of who sends it: the work must not outlive that. */
  readonly worker: number;
  /** The variables that nothing it starts may inherit. */
  readonly withheld: readonly string[];
}

export type Answer =
  | { readonly result?: unknown }
  | {
      readonly failure: {
        readonly type: string;
        readonly message: string;
        readonly nonRetryable: boolean;
        readonly details: unknown[];
      };
    };

const JOB_PROCESS = fileURLToPath(
  new URL(`job-process${extname(import.meta.url)}`, import.meta.url),
);
/** Idle processes that are kept for the next job: one starts in about 150 ms, a kept one at once. */
const KEPT = 2;

export type ProcessPool = ReturnType<typeof openProcessPool>;

/**
 * Does jobs in processes of their own: a worker's heartbeats go on, and a job can be ended at any moment. `withheld`: the variables
 * that nothing a job starts for a target may inherit.
 */
export function openProcessPool(
  file = JOB_PROCESS,
  withheld: (target: Target) => readonly string[] = () => [],
) {
  const idle: ChildProcess[] = [startProcess(file)];
  const busy = new Set<ChildProcess>();

  return {
    /** Rejects with the activity's failure, `ProcessDied` when its process was killed, or the reason of `signal`. */
    async do(job: Job, signal?: AbortSignal): Promise<unknown> {
      signal?.throwIfAborted();
      const child = idleOne() ?? startProcess(file);
      busy.add(child);
      try {
        return await doWith(
          child,
          { ...job, worker: process.pid, withheld: withheld(job.target) },
          signal,
        );
      } finally {
        busy.delete(child);
        if (isAlive(child) && idle.length < KEPT) idle.push(child);
        else end(child);
      }
    },

    close(): void {
      for (const child of [...idle.splice(0), ...busy]) end(child);
    },
  };

  function idleOne(): ChildProcess | undefined {
    for (let child = idle.pop(); child; child = idle.pop()) if (isAlive(child)) return child;
    return undefined;
  }
}

/** As far as is known: its end is heard of before its channel closes, or after. */
function isAlive({ connected, exitCode, signalCode }: ChildProcess): boolean {
  return connected && exitCode === null && signalCode === null;
}

async function doWith(child: ChildProcess, job: SentJob, signal?: AbortSignal): Promise<unknown> {
  const over = new AbortController();
  const kill = () => end(child);
  signal?.addEventListener('abort', kill);
  try {
    // One that cannot be reached any more has ended, which is heard below.
    child.send(job, () => {});
    const answer = await Promise.race([
      once(child, 'message', { signal: over.signal }).then(([message]) => message as Answer),
      // Only its end frees the claim's lock: a job that was called off is not over before.
      once(child, 'exit', { signal: over.signal }).then(([code, by]) => {
        signal?.throwIfAborted();
        throw passing('ProcessDied', `The process doing "${job.activity}" ended (${by ?? code})`);
      }),
    ]);
    if ('failure' in answer) throw ApplicationFailure.create(answer.failure);
    return answer.result;
  } finally {
    over.abort();
    signal?.removeEventListener('abort', kill);
  }
}

/** In a group of its own, so that ending it ends the commands that it runs. */
function startProcess(file: string): ChildProcess {
  const child = fork(file, compileCache(), {
    detached: true,
    execArgv: [],
    stdio: ['ignore', 2, 2, 'ipc'],
  });
  // Whoever waits for its exit hears of it; an idle one that dies is simply not used again.
  child.on('error', () => {});
  return child;
}

/**
 * The worker's own, if it has one, as an argument: commands and applications inherit the environment. Node names the
 * directory for its version, and takes the one above.
 */
function compileCache(): string[] {
  const directory = getCompileCacheDir();
  return directory === undefined ? [] : [dirname(directory)];
}

function end(child: ChildProcess): void {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  try {
    process.kill(-child.pid, 'SIGKILL');
  } catch (error) {
    if ((error as { code?: string }).code !== 'ESRCH') throw error;
  }
}
