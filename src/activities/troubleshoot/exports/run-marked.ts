import { randomUUID } from 'node:crypto';
import { environmentOf, familyOf, processTable } from '../../../os/process/process-table.ts';
import { splitLines } from '../../../os/process/last-lines.ts';
import { asApplication } from '../../../os/owner/as-application.ts';
import type { OwnedPlace } from '../../../os/owner/owner-of.ts';

export interface Ran {
  readonly stdout: string;
  /** Why it did not end well, as a sentence. */
  readonly why?: string;
  readonly timedOut: boolean;
}

const MAX_OUTPUT = 16 * 2 ** 20;
const MARK = 'EXPORT_ATTEMPT';

/** Runs a command of the application, and ends whatever it has started and left, also where that has left its process group. */
export async function runMarked(
  place: OwnedPlace,
  words: readonly string[],
  { input, timeout }: { input: string; timeout: number },
): Promise<Ran> {
  const { execa } = await import('execa');
  const { command, ids, environment } = asApplication(place, words);
  const [file, ...args] = command;
  const mark = randomUUID();
  const child = execa(file, args, {
    cwd: place.directory,
    ...ids,
    input,
    reject: false,
    stripFinalNewline: false,
    maxBuffer: MAX_OUTPUT,
    env: { ...environment, [MARK]: mark },
    extendEnv: false,
  });
  // What it left would hold its output open.
  child.nodeChildProcess.once('exit', () => endMarked(mark));
  let timedOut = false;
  const timer = setTimeout(() => {
    timedOut = true;
    endMarked(mark);
    child.kill('SIGKILL');
  }, timeout);
  try {
    const { stdout, stderr, exitCode, code, signal } = await child;
    const last = splitLines(stderr, 5).join('; ').slice(-800);
    const why =
      code === 'ENOENT' || (exitCode === 127 && /^\S*setpriv: /.test(stderr))
        ? `"${words[0]}" is not to be found`
        : signal !== undefined
          ? `it was ended by ${signal}`
          : exitCode !== 0
            ? `it ended with ${exitCode ?? code}: ${last}`
            : undefined;
    return { stdout, timedOut, ...(why !== undefined && { why }) };
  } finally {
    clearTimeout(timer);
    endMarked(mark);
  }
}

/** All that bear the mark in their environment, and their children. */
function endMarked(mark: string): void {
  const table = processTable();
  const marked = table.filter(({ pid }) => environmentOf(pid).includes(`${MARK}=${mark}`));
  for (const pid of new Set(marked.flatMap((one) => familyOf(one.pid, table))))
    try {
      process.kill(pid, 'SIGKILL');
    } catch {
      // It ended by itself.
    }
}
