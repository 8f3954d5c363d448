import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Target } from '../../../config/schema/target.ts';
import { writeDurably } from '../../../os/files/durable-files.ts';
import { ensurePrivate } from '../../../os/files/ensure-private.ts';

/** What the last run knew of a log. */
export interface Mark {
  /** Since when its lines are in this file. ISO 8601, UTC. */
  readonly since: string;
  readonly inode: string;
  readonly bytes: number;
}

type Marks = Readonly<Record<string, Mark>>;

/** One for each log, in `<state>/logs.json`. They outlive whatever a restore or `touch` does to a file's times. */
export function openMarks({ state }: Pick<Target, 'state'>) {
  const file = join(state, 'logs.json');
  const all = (): Marks => read(file);
  return {
    of: (log: string): Mark | undefined => all()[log],

    set(log: string, mark: Mark | undefined): void {
      if (!mark) return;
      const before = all();
      if (JSON.stringify(before[log]) === JSON.stringify(mark)) return;
      ensurePrivate(state);
      writeDurably(file, `${JSON.stringify({ ...before, [log]: mark }, undefined, 2)}\n`);
    },
  };
}

/** One that somebody has damaged is begun anew: every log is then as old as its newest rotated file. */
function read(file: string): Marks {
  try {
    return (JSON.parse(readFileSync(file, 'utf8')) as Marks | null) ?? {};
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT' || error instanceof SyntaxError)
      return {};
    throw error;
  }
}
