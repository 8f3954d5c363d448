import { readFileSync, readlinkSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { execa } from 'execa';

/** A network of its own, which nothing outside can reach: how a program is started in a new one, and another one beside it. */
export interface NetworkNamespace {
  enter(file: string, args: readonly string[]): readonly [string, ...string[]];
  /** Waits until process `pid` is in its own, so that nothing is ever started beside it in ours. */
  join(pid: number, file: string, args: readonly string[]): Promise<[string, ...string[]]>;
}

export interface Refused {
  /** Why there can be none here, as the machine says it. */
  readonly refusal: string;
}

/** By root as root; else by a namespace of users, in which everybody may. Not every kernel and no usual container lets one do so. */
const WAYS = [
  { isOfUsers: false, flags: ['--net'], join: ['--net'] },
  {
    isOfUsers: true,
    flags: ['--user', '--map-root-user', '--net'],
    join: ['--user', '--preserve-credentials', '--net'],
  },
] as const;

/** `ip` is not where people without rights look for commands. */
const PATH_OF_ROOT = '/usr/sbin:/sbin';

/** The loopback of a new namespace is down. */
const BRING_UP = `PATH="$PATH:${PATH_OF_ROOT}"; ip link set lo up || exit 1; exec "$@"`;

export async function findNetworkNamespace(): Promise<NetworkNamespace | Refused> {
  if (process.platform !== 'linux') return { refusal: `${process.platform} has none` };
  let refusal = '';
  for (const { isOfUsers, flags, join } of WAYS) {
    if (!isOfUsers && process.getuid?.() !== 0) continue;
    const enter = (file: string, args: readonly string[]) =>
      ['unshare', ...flags, 'sh', '-c', BRING_UP, 'sh', file, ...args] as const;
    const [program, ...rest] = enter('true', []);
    const { failed, stderr, shortMessage } = await execa(program, rest, {
      reject: false,
      stdin: 'ignore',
      timeout: 10_000,
    });
    if (!failed)
      return {
        enter,
        async join(pid, file, args) {
          await untilInside(pid);
          return ['nsenter', `--target=${pid}`, ...join, file, ...args];
        },
      };
    refusal = stderr.trim().split('\n').at(-1) || shortMessage || 'unshare failed';
  }
  return { refusal };
}

const LIMIT = 10_000;

async function untilInside(pid: number): Promise<void> {
  const ours = readlinkSync('/proc/self/ns/net');
  const deadline = Date.now() + LIMIT;
  // What made it is at its end when it has become the program: then the users of the namespace are named, too.
  while (readlinkSync(`/proc/${pid}/ns/net`) === ours || nameOf(pid) === 'unshare') {
    if (Date.now() > deadline) throw new Error(`Process ${pid} is in no network of its own`);
    await sleep(5);
  }
}

function nameOf(pid: number): string | undefined {
  return readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0')[0];
}
