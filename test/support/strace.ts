import { spawnSync } from 'node:child_process';

/** Whether system calls can be tampered with here. */
export const canTrace = spawnSync('strace', ['-V']).status === 0;

/** A command, and its children, with expressions of strace such as `inject=fsync:error=EIO` at work. */
export function straced(expressions: readonly string[], ...command: string[]): [string, string[]] {
  const each = expressions.flatMap((expression) => ['-e', expression]);
  return ['strace', ['-f', '-qqq', '-o', '/dev/null', ...each, ...command]];
}

/** The command dies at its n-th system call of one name. */
export function killedAt(call: string, n: number, ...command: string[]): [string, string[]] {
  return straced([`trace=${call}`, `inject=${call}:signal=KILL:when=${n}`], ...command);
}
