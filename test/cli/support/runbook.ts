import { execa } from 'execa';
import { built } from '../../support/built.ts';

export const main = built('src/cli/main.ts');

export interface Answer {
  readonly exitCode: number | undefined;
  readonly stdout: string;
  readonly stderr: string;
}

/** Types a command, as an operator's shell would: in a process of its own, without a terminal. */
export async function runbook(
  args: readonly string[],
  env: object = {},
  { timeout = 30_000, program = main }: { timeout?: number; program?: string | undefined } = {},
): Promise<Answer> {
  const { exitCode, stdout, stderr } = await execa(process.execPath, [program, ...args], {
    reject: false,
    timeout,
    stdin: 'ignore',
    env: { NO_COLOR: '1', ...env },
  });
  return { exitCode, stdout, stderr };
}
