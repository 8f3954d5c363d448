import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readFileSync, realpathSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import type { SqliteTarget } from '../../../src/config/schema/target.ts';
import type { Asked } from './in-unit.ts';
import { REPOSITORY, systemTree } from './system-tree.ts';

export interface BootedSystemd {
  /** A command in it, and what it printed. Throws when it fails. */
  run(file: string, ...args: string[]): string;
  /** The same, and whether it did. */
  tries(file: string, ...args: string[]): boolean;
  /** A file of its own, such as a unit, of which its systemd hears. */
  write(file: string, text: string): void;
  /** Properties of a unit, as text. */
  show(unit: string, ...properties: string[]): Record<string, string>;
  /** An activity, done beside it. */
  ask<Value = unknown>(target: SqliteTarget, place: string, ...args: unknown[]): Promise<Value>;
  /** The same, of which the failure is what counts. */
  failure(
    target: SqliteTarget,
    place: string,
    ...args: unknown[]
  ): Promise<{ type: string; message: string }>;
  /** The same, asked by another user of it. */
  failureAs(
    uid: number,
    target: SqliteTarget,
    place: string,
    ...args: unknown[]
  ): Promise<{ type: string; message: string }>;
  /** A program of ours in it, which ends with it. */
  start(...command: string[]): ChildProcess;
  stop(): Promise<void>;
}

const BOOT_TIMEOUT = 120_000;

/**
 * A real systemd, booted in a container that shares our network: its units, control groups, journal and processes are its own. The
 * repository and `shared` are there by their own names; all that it writes elsewhere goes with it.
 */
export async function bootSystemd(shared: string): Promise<BootedSystemd> {
  mkdirSync(shared, { recursive: true });
  const tree = await systemTree();
  const modules = realpathSync(join(REPOSITORY, 'node_modules'));
  const name = `runbook-${process.pid}-${Date.now() % 100_000}`;
  // Read-only, so that several may boot it at once.
  const flags = [
    '--read-only',
    '--volatile=overlay',
    '--register=no',
    '--keep-unit',
    '--boot',
    '--quiet',
  ];
  const binds = [...new Set([REPOSITORY, modules])].map((path) => `--bind-ro=${path}`);
  const container = spawn(
    'setpriv',
    [
      '--pdeathsig',
      'KILL',
      'systemd-nspawn',
      '-D',
      tree,
      `--machine=${name}`,
      ...flags,
      ...binds,
      `--bind=${shared}`,
    ],
    { stdio: ['ignore', 'pipe', 'pipe'] },
  );
  let said = '';
  for (const output of [container.stdout, container.stderr])
    output.on('data', (data) => (said += data));
  const ended = once(container, 'exit');

  const init = await first();
  const enter = ['-t', `${init}`, '-m', '-p', '-n', '-u', '-i', '-C', '--'];
  const run = (...command: string[]) =>
    execFileSync('nsenter', [...enter, ...command], { encoding: 'utf8', stdio: 'pipe' });
  await booted();
  const callers = new Map<number, { process: ChildProcess; answers: AsyncIterator<string> }>();

  function callerAs(uid: number) {
    const known = callers.get(uid);
    if (known) return known;
    const program = [process.execPath, join(REPOSITORY, 'test/support/systemd/in-unit.ts')];
    const command = ['setpriv', `--reuid=${uid}`, '--clear-groups', ...program];
    const caller = start(...(uid === 0 ? program : command));
    const answers = createInterface({ input: caller.stdout! })[Symbol.asyncIterator]();
    callers.set(uid, { process: caller, answers });
    return { process: caller, answers };
  }

  async function call(uid: number, target: SqliteTarget, place: string, args: unknown[]) {
    const { process: caller, answers } = callerAs(uid);
    const [system = '', activity = ''] = place.split('.');
    const asked: Asked = { target, system, call: activity, args };
    caller.stdin!.write(`${JSON.stringify(asked)}\n`);
    const { value, done } = await answers.next();
    if (done) throw new Error(`"${place}" was not answered`);
    return JSON.parse(value) as { value?: unknown; failed?: { type: string; message: string } };
  }

  function start(...command: string[]): ChildProcess {
    // Node of the container has no certificates of its own, and says so.
    const env = { ...process.env, NODE_EXTRA_CA_CERTS: undefined, NODE_COMPILE_CACHE: undefined };
    return spawn('nsenter', [...enter, ...command], {
      env,
      stdio: ['pipe', 'pipe', 'inherit'],
    });
  }

  return {
    run,
    tries: (...command) => spawnSync('nsenter', [...enter, ...command]).status === 0,
    write(file, text) {
      const script = 'mkdir -p "$(dirname "$1")" && cat > "$1"';
      execFileSync('nsenter', [...enter, 'sh', '-c', script, 'sh', file], { input: text });
      run('systemctl', 'daemon-reload');
    },
    show(unit, ...properties) {
      const text = run('systemctl', 'show', '-p', properties.join(','), '--', unit);
      return Object.fromEntries(
        text
          .trim()
          .split('\n')
          .map((line) => line.split(/=(.*)/).slice(0, 2) as [string, string]),
      );
    },
    async ask<Value>(target: SqliteTarget, place: string, ...args: unknown[]) {
      const { value, failed } = await call(0, target, place, args);
      if (failed) throw Object.assign(new Error(`${failed.type}: ${failed.message}`), failed);
      return value as Value;
    },
    async failure(target, place, ...args) {
      const { value, failed } = await call(0, target, place, args);
      if (!failed) throw new Error(`"${place}" did not fail: ${JSON.stringify(value)}`);
      return failed;
    },
    async failureAs(uid, target, place, ...args) {
      const { value, failed } = await call(uid, target, place, args);
      if (!failed) throw new Error(`"${place}" did not fail: ${JSON.stringify(value)}`);
      return failed;
    },
    start,
    async stop() {
      // With its first process goes all that runs in it.
      try {
        process.kill(init, 'SIGKILL');
      } catch {
        container.kill('SIGKILL');
      }
      await ended;
    },
  };

  async function first(): Promise<number> {
    for (const end = Date.now() + BOOT_TIMEOUT; Date.now() < end; await sleep(50)) {
      if (container.exitCode !== null) break;
      const init = childrenOf(container.pid!).find(isInit);
      if (init !== undefined) return init;
    }
    container.kill('SIGKILL');
    throw new Error(`No systemd has been booted: ${said}`);
  }

  async function booted(): Promise<void> {
    let looked = '';
    for (const end = Date.now() + BOOT_TIMEOUT; Date.now() < end; await sleep(100)) {
      const command = [...enter, 'systemctl', 'is-active', 'multi-user.target'];
      const { stdout, stderr, status } = spawnSync('nsenter', command, { encoding: 'utf8' });
      if (stdout?.startsWith('active')) return;
      looked = `${status}, ${stdout}${stderr}`;
    }
    container.kill('SIGKILL');
    throw new Error(`systemd is not up (${looked}): ${said}`);
  }
}

function childrenOf(pid: number): number[] {
  try {
    return readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8')
      .trim()
      .split(' ')
      .filter(Boolean)
      .map(Number);
  } catch {
    return [];
  }
}

/** The first process of its own numbering, once it has become systemd: what mounts all for it is neither. */
function isInit(pid: number): boolean {
  try {
    const status = readFileSync(`/proc/${pid}/status`, 'utf8');
    return /^Name:\tsystemd$/m.test(status) && /^NSpid:.*\t1$/m.test(status);
  } catch {
    return false;
  }
}
