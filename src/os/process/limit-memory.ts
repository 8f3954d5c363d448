import { run } from './command.ts';
import { dataOf } from './memory-of.ts';

/**
 * From now on the process gets so many bytes more at most: what asks for more gets none. Linux alone counts what a process has. Errors: those
 * of `run`.
 */
export async function limitMemory(pid: number, more: number): Promise<void> {
  const has = dataOf(pid);
  if (has !== undefined)
    await run('prlimit', [`--pid=${pid}`, `--data=${has + more}`], { timeout: 10_000 });
}
