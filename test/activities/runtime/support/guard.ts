import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync } from 'node:fs';
import { join } from 'node:path';

export interface Guard {
  /** Takes a pid a line, or `-<pid>` for its whole group. A script may write its own: `echo -$$ >> <file>`. */
  readonly file: string;
  add(pid: number): void;
  /** Ends all that was added. */
  end(): Promise<void>;
}

/**
 * Ends what a test began, without asking the code that is tested: with the test, or when the process that
 * runs it is gone, however it died. Applications have sessions of their own, so nothing else would.
 */
export function startGuard(directory: string): Guard {
  const file = join(directory, 'begun');
  const shell = spawn('/bin/sh', ['-c', SCRIPT, 'guard', file], {
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  const ended = once(shell, 'exit');

  return {
    file,
    add: (pid) => appendFileSync(file, `${pid}\n`),
    async end() {
      shell.stdin.end();
      await ended;
    },
  };
}

/** The kernel closes its input when we die. */
const SCRIPT = `
read -r _
while read -r pid; do kill -KILL "$pid" 2>/dev/null; done < "$1"
`;
