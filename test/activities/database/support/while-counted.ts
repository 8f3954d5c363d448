import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import type { SqliteTarget } from '../../../../src/config/schema/target.ts';

export interface Counted {
  /** Commits that the application was told of. */
  readonly acknowledged: number;
  /** Milliseconds a commit took. */
  readonly p50: number;
  readonly p99: number;
  readonly max: number;
}

/** Does something beside an application that counts its commits, for a moment before and after, too. */
export async function whileCounted<Result>(
  { database }: Pick<SqliteTarget, 'database'>,
  use: () => Promise<Result>,
): Promise<{ result: Result; counted: Counted }> {
  const script = fileURLToPath(new URL('counted-writer.ts', import.meta.url));
  const writer = execa(process.execPath, [script, database.file], { stdin: 'pipe' });
  await new Promise((resolve) => writer.stdout.once('data', resolve));
  await sleep(100);
  const result = await use();
  await sleep(100);
  writer.stdin.end('end\n');
  const { stdout } = await writer;
  return { result, counted: JSON.parse(stdout.split('\n').at(-1)!) as Counted };
}
