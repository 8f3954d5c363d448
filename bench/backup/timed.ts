import { spawn } from 'node:child_process';
import { once } from 'node:events';

export interface Timed {
  /** Seconds. */
  readonly wall: number;
  /** Seconds of all its processes. */
  readonly cpu: number;
  /** False: it was ended, because it had not ended by itself within its limit. */
  readonly ended: boolean;
}

/** Runs a command of bash, and measures it with all that it starts, unless it prints its own seconds. Throws when it fails. */
export async function timed(command: string, limitSeconds: number): Promise<Timed> {
  const script = `set -e -o pipefail; TIMEFORMAT='%R %U %S'; time { ${command}; }`;
  const shell = spawn('bash', ['-c', script], {
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let text = '';
  let printed = '';
  shell.stdout.on('data', (piece: Buffer) => (printed += piece.toString()));
  shell.stderr.on('data', (piece: Buffer) => (text += piece.toString()));
  let ended = true;
  const timer = setTimeout(() => {
    ended = false;
    process.kill(-shell.pid!, 'SIGKILL');
  }, limitSeconds * 1000);
  const begun = performance.now();
  const [code] = (await once(shell, 'close')) as [number | null];
  clearTimeout(timer);
  if (!ended) return { wall: (performance.now() - begun) / 1000, cpu: Number.NaN, ended };
  if (code !== 0) throw new Error(`"${command}" ended with ${code}: ${text.slice(-500)}`);
  const [whole, user, system] = text.trim().split('\n').at(-1)!.split(' ').map(Number) as [
    number,
    number,
    number,
  ];
  const wall = /^\d+(\.\d+)?\n$/.test(printed) ? Number(printed) : whole;
  return { wall, cpu: user + system, ended };
}
