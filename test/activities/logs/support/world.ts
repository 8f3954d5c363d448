import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { z } from 'zod';
import { logActivities } from '../../../../src/activities/logs/logs-activities.ts';
import { LogFile } from '../../../../src/config/schema/logs.ts';
import type { SqliteTarget } from '../../../../src/config/schema/target.ts';
import { stampOf } from '../../../../src/config/time/stamp.ts';
import { test as targetTest } from '../../../support/target.ts';

const WRITER = fileURLToPath(new URL('writer.ts', import.meta.url));

/** A target with one log, `logs/app.log`, of whatever policy. */
export const test = targetTest.extend<{
  live: string;
  logged: (policy?: Partial<z.input<typeof LogFile>>) => SqliteTarget;
}>({
  live: async ({ target }, use) => {
    mkdirSync(join(target.directory, 'logs'));
    await use(join(target.directory, 'logs/app.log'));
  },
  logged: async ({ target, live }, use) =>
    use((policy = {}) => ({ ...target, logs: [LogFile.parse({ file: live, ...policy })] })),
});

/** The stamp of a run so many days after the first, on whose day the logs of these tests are made. */
export function day(days: number): string {
  return stampOf(new Date(BEGUN + days * 86_400_000));
}
const BEGUN = Date.now() + 1000;

/** The activities, bound to the target's one log. */
export function onLog(target: SqliteTarget) {
  const { file } = target.logs[0]!;
  const { rotate, prune, compress } = logActivities(target);
  return {
    rotate: (stamp: string) => rotate(file, stamp),
    prune: (stamp: string) => prune(file, stamp),
    compress: () => compress(file),
  };
}

export function writerCommand(file: string, perSecond: number, how: string): string[] {
  return [process.execPath, WRITER, file, `${perSecond}`, how];
}

/** Lends a writer that has begun. Answers how many lines it wrote in all. */
export async function whileWriting(
  command: string[],
  use: (pid: number) => Promise<void>,
): Promise<number> {
  const writer = spawn(command[0]!, command.slice(1), { stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = once(writer, 'close');
  let printed = '';
  writer.stdout.on('data', (text: Buffer) => (printed += text.toString()));
  try {
    await once(writer.stdout, 'data');
    await use(writer.pid!);
  } finally {
    writer.kill('SIGTERM');
    await ended;
  }
  return Number(printed.trim().split('\n').at(-1));
}
