import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { SqliteTarget } from '../../../../src/config/schema/target.ts';

/** An application that commits all the time. */
export async function whileWritten<Result>(
  { database }: SqliteTarget,
  journal: 'WAL' | 'DELETE',
  use: (pid: number) => Promise<Result>,
): Promise<Result> {
  const script = fileURLToPath(new URL('writer.ts', import.meta.url));
  return whileRunning(process.execPath, [script, database.file, journal], use);
}

/** So many applications that move amounts between accounts. */
export async function whileTransferring<Result>(
  file: string,
  writers: number,
  use: () => Promise<Result>,
): Promise<Result> {
  if (writers === 0) return use();
  const script = fileURLToPath(new URL('transferring-writer.ts', import.meta.url));
  const number = String(writers - 1);
  return whileRunning(process.execPath, [script, file, number], () =>
    whileTransferring(file, writers - 1, use),
  );
}

/** A shell that only holds a file open. */
export async function whileOpened<Result>(
  file: string,
  use: (pid: number) => Promise<Result>,
): Promise<Result> {
  return whileRunning('sh', ['-c', 'exec 3< "$0"; echo held; read -r end', file], use);
}

/** A process that has said something, and is killed afterwards. When we die, it hears so: its pipes close. */
export async function whileRunning<Result>(
  command: string,
  args: string[],
  use: (pid: number) => Promise<Result>,
): Promise<Result> {
  const child = spawn(command, args, { stdio: ['pipe', 'pipe', 'inherit'] });
  const ended = new Promise((resolve) => child.once('exit', resolve));
  try {
    await new Promise((resolve) => child.stdout.once('data', resolve));
    child.stdout.resume();
    return await use(child.pid!);
  } finally {
    child.kill('SIGKILL');
    await ended;
  }
}
