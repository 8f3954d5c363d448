import { spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import type { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';

export interface LifelineOptions {
  /** Takes what the program prints, at its end. Without it, that is lost. */
  readonly log?: string;
  readonly cwd?: string;
  /** Instead of ours. */
  readonly env?: NodeJS.ProcessEnv;
  /** Milliseconds between the polite and the forced end. */
  readonly grace?: number;
  /** Whether the files that it makes are for their owner only. */
  readonly isPrivate?: boolean;
}

export interface Lifeline {
  /** Of the program itself. */
  readonly pid: number;
  /** Settles with the program's exit code when it has ended: 128 and the signal's number if one ended it. */
  readonly ended: Promise<number>;
  /** Ends the program, and waits until it has ended. Repeatable. */
  stop(): Promise<void>;
}

/**
 * Starts a program that never outlives us, not even when this process is killed with -9.
 *
 * A shell holds the reading end of a pipe from us: the kernel closes it with our death, however we die, and
 * the shell then ends the program. Both have a session of their own, so that Ctrl-C reaches only us, and we
 * choose the order in which things end.
 */
export async function startLifeline(
  file: string,
  args: readonly string[],
  { log, cwd, env, grace = 10_000, isPrivate = false }: LifelineOptions = {},
): Promise<Lifeline> {
  const output = log === undefined ? 'ignore' : openSync(log, 'a', isPrivate ? 0o600 : undefined);
  const seconds = Math.ceil(grace / 1000);
  const script = isPrivate ? `umask 077${SCRIPT}` : SCRIPT;
  const shell = spawn('sh', ['-c', script, 'lifeline', String(seconds), file, ...args], {
    stdio: ['pipe', output, output, 'pipe'],
    detached: true,
    cwd,
    env,
  });
  if (typeof output === 'number') closeSync(output);
  // Writing to it is never done, so the only error is that the shell is gone, which `ended` tells.
  shell.stdin!.on('error', () => {});

  const ended = new Promise<number>((resolve, reject) => {
    shell.once('error', reject);
    shell.once('exit', (code) => {
      // If only the shell was killed, this tells the part of it that guards the pipe.
      shell.stdin!.destroy();
      resolve(code ?? 1);
    });
  });
  ended.catch(() => {});
  const announced = text(shell.stdio[3] as Readable);
  const pid = Number(await Promise.race([announced, ended.then(() => announced)]));

  async function stop(): Promise<void> {
    shell.stdin!.destroy();
    await ended;
  }
  return { pid, ended, stop };
}

/** Whoever hears the program's number may send a signal at once. `read` ends when the pipe closes. `wait` ends early at a signal to the shell, which passes it on. */
const SCRIPT = `
grace=$1; shift
"$@" 3>&- </dev/null &
program=$!
trap 'kill -TERM "$program" 2>/dev/null' TERM INT HUP
echo "$program" >&3
exec 4<&0 3>&-
(
  trap '' TERM INT HUP
  while read -r _; do :; done
  kill -TERM "$program" 2>/dev/null
  while [ "$grace" -gt 0 ] && kill -0 "$program" 2>/dev/null; do sleep 1; grace=$((grace - 1)); done
  kill -KILL "$program" 2>/dev/null
) <&4 >/dev/null 2>&1 &
guard=$!
exec 4<&- </dev/null
wait "$program"; code=$?
while kill -0 "$program" 2>/dev/null; do wait "$program"; code=$?; done
kill -KILL "$guard" 2>/dev/null
exit "$code"
`;
