import { symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import type { SqliteTarget } from '../../../../src/config/schema/target.ts';

export interface Holding {
  readonly how?: 'reads' | 'writes' | 'has all of it';
  /** It ignores SIGTERM. */
  readonly stubborn?: boolean;
  /** What its program is called. */
  readonly program?: string;
}

export const holderScript = fileURLToPath(new URL('lock-holder.ts', import.meta.url));

/** Does something while another process holds a lock on the database. Tells how that process ended, if it did. */
export async function whileLocked<Result>(
  { directory, database }: Pick<SqliteTarget, 'directory' | 'database'>,
  { how = 'writes', stubborn = false, program = 'importer' }: Holding,
  use: (pid: number) => Promise<Result>,
): Promise<{ result: Result; endedBy: string | undefined }> {
  const name = join(directory, program);
  symlinkSync(process.execPath, name);
  const temper = stubborn ? ['stubborn'] : [];
  const holder = execa(name, [holderScript, database.file, how, ...temper], { reject: false });
  let ended = false;
  void holder.then(() => (ended = true));
  await new Promise((resolve) => holder.stdout.once('data', resolve));
  try {
    const result = await use(holder.pid!);
    // It may have been ended right now.
    await new Promise((resolve) => setTimeout(resolve, 50));
    if (!ended) holder.kill('SIGUSR2');
    const { signal } = await holder;
    return { result, endedBy: signal === 'SIGUSR2' ? undefined : signal };
  } finally {
    holder.kill('SIGKILL');
  }
}
