import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { extname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ApplicationFailure } from '@temporalio/common';
import type { Target } from '../config/schema/target.ts';
import { passing } from '../os/failure.ts';

export interface Job {
  readonly target: Target;
  /** The workflow id on whose behalf it is done. */
  readonly run: string;
  /** Such as `sqlite.swap`. */
  readonly activity: string;
  readonly args: readonly unknown[];
  /** When Temporal gives the attempt up, in ms since 1970: it must not begin to act after that. */
  readonly deadline: number;
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

const handFile = fileURLToPath(new URL(`job-process${extname(import.meta.url)}`, import.meta.url));
/** Idle hands that are kept for the next job: one starts in about 150 ms, a kept one at once. */
const KEPT = 2;

export type Hands = ReturnType<typeof openHands>;

/** Does jobs in processes of their own: a worker's heartbeats go on, and a job can be ended at any moment. */
export function openHands() {
  const idle: ChildProcess[] = [startHand()];
  const busy = new Set<ChildProcess>();

  return {
    /** Rejects with the activity's failure, `HandDied` when its process was killed, or the reason of `signal`. */
    async do(job: Job, signal?: AbortSignal): Promise<unknown> {
      signal?.throwIfAborted();
      const hand = idle.pop() ?? startHand();
      busy.add(hand);
      try {
        return await doWith(hand, job, signal);
      } finally {
        busy.delete(hand);
        if (hand.connected && idle.length < KEPT) idle.push(hand);
        else end(hand);
      }
    },

    close(): void {
      for (const hand of [...idle.splice(0), ...busy]) end(hand);
    },
  };
}

async function doWith(hand: ChildProcess, job: Job, signal?: AbortSignal): Promise<unknown> {
  const over = new AbortController();
  const kill = () => end(hand);
  signal?.addEventListener('abort', kill);
  try {
    hand.send(job);
    const answer = await Promise.race([
      once(hand, 'message', { signal: over.signal }).then(([message]) => message as Answer),
      // Only its end frees the claim's lock: a job that was called off is not over before.
      once(hand, 'exit', { signal: over.signal }).then(([code, by]) => {
        signal?.throwIfAborted();
        throw passing('HandDied', `The process doing "${job.activity}" ended (${by ?? code})`);
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
function startHand(): ChildProcess {
  const hand = fork(handFile, { detached: true, execArgv: [], stdio: ['ignore', 2, 2, 'ipc'] });
  // Whoever waits for its exit hears of it; an idle one that dies is simply not used again.
  hand.on('error', () => {});
  return hand;
}

function end(hand: ChildProcess): void {
  if (hand.pid === undefined || hand.exitCode !== null || hand.signalCode !== null) return;
  try {
    process.kill(-hand.pid, 'SIGKILL');
  } catch (error) {
    if ((error as { code?: string }).code !== 'ESRCH') throw error;
  }
}
