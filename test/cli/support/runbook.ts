import { fileURLToPath } from 'node:url';
import { execa } from 'execa';

export const main = fileURLToPath(new URL('../../../src/cli/main.ts', import.meta.url));

export interface Answer {
  readonly exitCode: number | undefined;
  readonly stdout: string;
  readonly stderr: string;
}

/** Types a command, as an operator's shell would: in a process of its own, without a terminal. */
export async function runbook(
  args: readonly string[],
  env: object = {},
  timeout = 30_000,
): Promise<Answer> {
  const { exitCode, stdout, stderr } = await execa(process.execPath, [main, ...args], {
    reject: false,
    timeout,
    stdin: 'ignore',
    env: { NO_COLOR: '1', ...env },
  });
  return { exitCode, stdout, stderr };
}
