import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { main } from './runbook.ts';

/** `runbook worker ...` in a process of its own. */
export interface WorkerCommand {
  readonly process: ChildProcess;
  /** All that it has said so far, a line each. */
  readonly said: readonly string[];
  /** Settles with the first line that fits, said before or after. Rejects when it ends without. */
  hears(pattern: RegExp): Promise<string>;
  /** Settles with its exit code, or with the signal that ended it. */
  readonly ended: Promise<number | string>;
  end(signal: NodeJS.Signals): Promise<number | string>;
}

export function startWorkerCommand(
  args: readonly string[],
  env: object,
  program = main,
  /** What takes it elsewhere: the beginning of its command. */
  inside: readonly string[] = [],
): WorkerCommand {
  const [file, ...words] = [...inside, process.execPath, program, 'worker', ...args];
  const child = spawn(file!, words, {
    env: { ...process.env, NO_COLOR: '1', ...env },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const said: string[] = [];
  const waiting = new Set<() => void>();
  const notify = () => {
    for (const check of waiting) check();
  };
  let isOver = false;
  createInterface({ input: child.stderr }).on('line', (line) => {
    said.push(line);
    notify();
  });
  const ended = once(child, 'close').then(([code, signal]) => {
    isOver = true;
    notify();
    return (code ?? signal) as number | string;
  });
  return {
    process: child,
    said,
    ended,
    hears(pattern) {
      return new Promise((settle, fail) => {
        const check = () => {
          const line = said.find((one) => pattern.test(one));
          if (line === undefined && !isOver) return;
          waiting.delete(check);
          if (line !== undefined) settle(line);
          else fail(new Error(`It ended without ${pattern}:\n${said.join('\n')}`));
        };
        waiting.add(check);
        check();
      });
    },
    async end(signal) {
      child.kill(signal);
      return ended;
    },
  };
}
