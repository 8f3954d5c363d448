import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { extname } from 'node:path';
import { fileURLToPath } from 'node:url';
import proto from '@temporalio/proto';
import type { WorkflowBundleOption } from '@temporalio/worker';
import type { HistoryEvent } from './cut-history.ts';
import type { Replayed, SentHistory } from './replay-process.ts';

const PROGRAM = fileURLToPath(
  new URL(`replay-process${extname(import.meta.url)}`, import.meta.url),
);

export interface Replayer {
  /** Why the history does not fit the workflows. Undefined: it does. One at a time. Error: the process has ended. */
  readonly replay: (run: string, events: readonly HistoryEvent[]) => Promise<string | undefined>;
  close(): void;
}

/** Starts a process that replays, which takes half a second. */
export function openReplayer(bundle: WorkflowBundleOption, program = PROGRAM): Replayer {
  const child = fork(program, [], {
    execArgv: [],
    serialization: 'advanced',
    stdio: ['ignore', 'ignore', 2, 'ipc'],
  });
  child.on('error', () => {});
  child.send(bundle);
  return {
    async replay(run, events) {
      const history = proto.temporal.api.history.v1.History.encode({
        events: [...events],
      }).finish();
      const sent: SentHistory = { run, history };
      child.send(sent);
      const { message, broken } = await answerOf(child);
      if (broken !== undefined) throw new Error(`Cannot replay: ${broken}`);
      return message;
    },
    close: () => void child.kill('SIGKILL'),
  };
}

async function answerOf(child: ChildProcess): Promise<Replayed> {
  const over = new AbortController();
  const { signal } = over;
  try {
    return await Promise.race([
      once(child, 'message', { signal }).then(([message]) => message as Replayed),
      once(child, 'exit', { signal }).then(([code, by]) => {
        throw new Error(`The process that replays ended (${by ?? code})`);
      }),
    ]);
  } finally {
    over.abort();
  }
}
