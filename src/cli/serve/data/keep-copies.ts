import { type ChildProcess, fork } from 'node:child_process';
import { extname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { sizeText } from '../../../config/text/size-text.ts';
import { timeOf } from '../../../config/time/stamp.ts';
import type { CopyAnswer } from '../../../dev/data/copy-process.ts';
import { hasMuchFree } from '../../../dev/data/compact-data.ts';
import { listCopies, typed } from '../../../dev/data/data-file.ts';
import { sayNews } from '../../output/say.ts';
import { every } from '../every.ts';

interface KeepCopies {
  readonly dataFile: string;
  /** In ms. */
  readonly interval?: number;
  readonly tell?: (line: string) => void;
}

/** Older copies bring back what has long ended: six of these are a day. */
const INTERVAL = 4 * 3_600_000;
/** What is new is copied soon, and a copy that failed is tried again after as long. */
const SOON = 5 * 60_000;

/**
 * Copies the runs of our own server again and again, beside them. Pauses are told by a clock that cannot be set: one that jumps makes no
 * copy early, and each copy takes the place of the oldest only.
 */
export function keepCopies({ dataFile, interval = INTERVAL, tell = sayNews }: KeepCopies): {
  stop(): Promise<void>;
} {
  let due = performance.now() + firstPause(dataFile, interval);
  return every(Math.min(SOON, interval) / 10, async (over) => {
    if (performance.now() < due) return;
    const answer = await copyBeside(dataFile, over);
    if (over.aborted) return;
    const failed = 'error' in answer;
    if (failed) tell(`Warning: The runs of the Temporal server were not copied: ${answer.error}`);
    else if (hasMuchFree(answer.made))
      tell(
        `Warning: ${sizeText(answer.made.freeBytes)} of "${dataFile}" are free: ${typed('compact', dataFile)}, with the server stopped`,
      );
    due = performance.now() + (failed ? Math.min(SOON, interval) : interval);
  });
}

/** A worker that begins again and again makes no copy each time: these would take the place of all older ones. */
function firstPause(dataFile: string, interval: number): number {
  const [newest] = listCopies(dataFile);
  if (!newest) return Math.min(SOON, interval);
  const age = Date.now() - timeOf(newest.stamp);
  // One from the future says nothing of its age.
  const left = age < 0 ? interval : interval - age;
  return Math.max(Math.min(SOON, interval), left);
}

const program = fileURLToPath(
  new URL(`../../../dev/data/copy-process${extname(import.meta.url)}`, import.meta.url),
);

async function copyBeside(dataFile: string, over: AbortSignal): Promise<CopyAnswer> {
  const child = fork(program, {
    env: { LC_ALL: 'C' },
    execArgv: [],
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
  });
  const end = () => void child.kill('SIGKILL');
  over.addEventListener('abort', end, { once: true });
  try {
    return await answerOf(child, dataFile);
  } finally {
    over.removeEventListener('abort', end);
    end();
  }
}

function answerOf(child: ChildProcess, dataFile: string): Promise<CopyAnswer> {
  const { promise, resolve } = Promise.withResolvers<CopyAnswer>();
  child.once('message', (answer: CopyAnswer) => resolve(answer));
  child.once('error', ({ message }) => resolve({ error: message }));
  child.once('exit', (code, signal) =>
    resolve({ error: `the process that copies ended early (${signal ?? code})` }),
  );
  child.send(dataFile, (error) => {
    if (error) resolve({ error: error.message });
  });
  return promise;
}
