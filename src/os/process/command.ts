import type { ExecaError } from 'execa';
import { passing } from '../failure.ts';
import { redacted } from '../redacted.ts';
import { inheritedEnvironment } from './inherited-environment.ts';
import { splitLines } from './last-lines.ts';
import { familyOf, processTable } from './process-table.ts';

export interface CommandOptions {
  /** Milliseconds after which the command, and whatever it started, is ended. */
  readonly timeout: number;
  readonly cwd?: string;
  /** Its whole environment. Default: ours, without what is meant for us or secret. */
  readonly environment?: NodeJS.ProcessEnv;
  /** Whose rights it gets. Default: ours. */
  readonly ids?: { readonly uid?: number; readonly gid?: number };
  /** Open files of ours that it gets as 3, 4, ...: its arguments need not name them. */
  readonly files?: readonly number[];
  /** Exit codes that are answers, and no failure. Default: 0 alone. */
  readonly answers?: readonly number[];
}

const MAX_OUTPUT = 4 * 1024 * 1024;

/**
 * Runs one command and gives what it printed. It stays in our process group: who ends us ends it.
 *
 * Errors: `CommandMissing`, `CommandTimeout`, `CommandFailed` (with the end of its stderr), all passing.
 */
export async function run(
  file: string,
  args: readonly string[],
  {
    timeout,
    cwd,
    environment = inheritedEnvironment(),
    ids = {},
    files = [],
    answers = [],
  }: CommandOptions,
): Promise<{ stdout: string; stderr: string; exitCode: number }> {
  // Loaded by who runs one: each process of a job is begun without it in a tenth of a second less.
  const { execa } = await import('execa');
  const command = execa(file, args, {
    ...(cwd !== undefined && { cwd }),
    ...ids,
    env: environment,
    extendEnv: false,
    // Its types know those up to 9 only.
    stdio: ['ignore', 'pipe', 'pipe', ...(files as readonly 9[])],
    maxBuffer: MAX_OUTPUT,
    timeout: 0,
  });
  let timedOut = false;
  const timer = setTimeout(() => {
    timedOut = true;
    endFamily(command.pid);
  }, timeout);
  try {
    const { stdout, stderr } = await command;
    return { stdout, stderr, exitCode: 0 };
  } catch (error) {
    const { exitCode, stdout, stderr, isMaxBuffer } = error as ExecaError<{ encoding: 'utf8' }>;
    if (!timedOut && !isMaxBuffer && exitCode !== undefined && answers.includes(exitCode))
      return { stdout, stderr, exitCode };
    throw failureOf(error as ExecaError, [file, ...args].join(' '), timedOut ? timeout : undefined);
  } finally {
    clearTimeout(timer);
  }
}

/** A helper that the command started would hold its output open, and us with it. */
function endFamily(pid: number | undefined): void {
  if (pid === undefined) return;
  for (const member of familyOf(pid, processTable()))
    try {
      process.kill(member, 'SIGKILL');
    } catch {
      // It ended by itself.
    }
}

/** What changes the user of a command is no part of what people know it by. */
const BEHIND = /^\/\S*\/setpriv --reuid=.*? -- /;

function failureOf(error: ExecaError, text: string, timeout: number | undefined) {
  const name = `"${redacted(text.replace(BEHIND, ''))}"`;
  if (timeout !== undefined)
    return passing(
      'CommandTimeout',
      `${name} did not end within ${timeout / 1000} s, and was ended${tail(error)}`,
    );
  if (error.code === 'ENOENT' || isMissingBehind(error))
    return passing('CommandMissing', `Cannot run ${name}: not found`);
  if (error.isMaxBuffer)
    return passing('CommandFailed', `${name} printed more than ${MAX_OUTPUT} bytes`);
  const how = error.signal
    ? `was ended by ${error.signal}`
    : `ended with exit code ${error.exitCode ?? error.code}`;
  return passing('CommandFailed', `${name} ${how}${tail(error)}`);
}

/** By its exit code and its word: setpriv(1) could not find what it was to become. */
function isMissingBehind({ exitCode, stderr }: ExecaError): boolean {
  return exitCode === 127 && /^\S*setpriv: /.test(String(stderr));
}

function tail({ stderr }: ExecaError): string {
  const text = splitLines(String(stderr ?? ''), 10)
    .join('\n')
    .trim()
    .slice(-1500);
  return text && `: ${redacted(text)}`;
}
