import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { type Answer, runbook } from '../../cli/support/runbook.ts';
import { type Served } from '../../cli/support/served.ts';

/** Types it as an operator who is patient. */
export function type({ env }: Served, ...args: string[]): Promise<Answer> {
  return runbook(args, env, { timeout: 120_000 });
}

export function applicationOf({ target }: Served): number {
  return (JSON.parse(readFileSync(join(target.state, 'process.json'), 'utf8')) as { pid: number })
    .pid;
}

export function uidOf(pid: number): number {
  return statSync(`/proc/${pid}`).uid;
}

export function filesIn(directory: string): string[] {
  return readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
}

/** Of all processes that there are: a process may end while it is read. */
export function allArguments(): (readonly [string, string])[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((pid) => {
      try {
        return [[`arguments of ${pid}`, readFileSync(`/proc/${pid}/cmdline`, 'utf8')] as const];
      } catch {
        return [];
      }
    });
}
