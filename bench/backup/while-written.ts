import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

export interface Written {
  readonly writes: number;
  /** Milliseconds of the slowest commit but one in a hundred. */
  readonly p99: number;
}

/** Does `work` while an application commits `rate` rows a second. */
export async function whileWritten<Result extends object>(
  file: string,
  rate: number,
  work: () => Promise<Result>,
): Promise<Result & Partial<Written>> {
  if (rate === 0) return { ...(await work()) };
  const writer = fork(fileURLToPath(new URL('writer.ts', import.meta.url)), [file, `${rate}`]);
  try {
    const result = await work();
    writer.send('stop');
    const [written] = (await once(writer, 'message')) as [Written];
    return { ...result, ...written };
  } finally {
    if (writer.exitCode === null) writer.kill('SIGKILL');
  }
}
