import { type ChildProcess, fork } from 'node:child_process';
import { extname } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Target } from '../../../config/schema/target.ts';
import type { Read } from '../../local/metrics/beside-process.ts';

/** In ms, for all targets together: Prometheus waits 10 s for a scrape. */
const LIMIT_MILLISECONDS = 5000;

const program = fileURLToPath(
  new URL(`../../local/metrics/beside-process${extname(import.meta.url)}`, import.meta.url),
);

/**
 * Has a process of its own read what lies beside targets. Answers what came within 5 s: a process that hangs then is killed, and its target
 * is left alone until it has ended, so that a disk that never answers holds one process up, and no other target.
 */
export function openBesideReader(limit = LIMIT_MILLISECONDS) {
  let reader: ChildProcess | undefined;
  /** By the name of the target. */
  const hanging = new Map<string, ChildProcess>();

  return {
    async read(targets: readonly Target[]): Promise<Map<string, Read>> {
      const until = performance.now() + limit;
      const found = new Map<string, Read>();
      for (const target of targets) {
        const left = until - performance.now();
        if (left <= 0) break;
        if (isOver(hanging.get(target.name))) hanging.delete(target.name);
        if (hanging.has(target.name)) continue;
        const answer = await ask(target, left);
        if (answer) found.set(target.name, answer);
      }
      return found;
    },

    close(): void {
      reader?.kill('SIGKILL');
    },
  };

  /** Undefined: it did not answer in time, or could not. */
  async function ask(target: Target, within: number): Promise<Read | undefined> {
    const child = reader ?? start();
    reader = child;
    const { promise, resolve } = Promise.withResolvers<Read | undefined>();
    const timer = setTimeout(() => {
      hanging.set(target.name, child);
      resolve(undefined);
    }, within);
    const gone = () => resolve(undefined);
    child.once('message', (read: Read) => resolve(read));
    child.once('exit', gone);
    child.send(target, (error) => {
      if (error) gone();
    });
    const answer = await promise;
    clearTimeout(timer);
    child.removeAllListeners('message');
    child.off('exit', gone);
    if (!answer) {
      child.kill('SIGKILL');
      reader = undefined;
    }
    return answer;
  }

  function start(): ChildProcess {
    const child = fork(program, {
      env: { LC_ALL: 'C' },
      execArgv: [],
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
      serialization: 'advanced',
    });
    child.on('error', () => {});
    // It keeps nobody from ending.
    child.unref();
    child.channel?.unref();
    return child;
  }
}

function isOver(child: ChildProcess | undefined): boolean {
  return child !== undefined && (child.exitCode !== null || child.signalCode !== null);
}
