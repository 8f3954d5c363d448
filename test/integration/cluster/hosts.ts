import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process';
import { randomBytes, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { mkdirSync, readdirSync, readFileSync, readlinkSync, writeFileSync } from 'node:fs';
import { connect, createServer, type Server } from 'node:net';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';

/** Why this machine cannot be two. Undefined: it can. */
export const whyNoHosts: string | undefined =
  process.getuid?.() !== 0
    ? 'needs root, for namespaces'
    : spawnSync('ip', ['-V']).status !== 0
      ? 'needs ip: apt-get install iproute2'
      : spawnSync('unshare', ['--net', '--uts', '--mount', '--pid', '--fork', 'true']).status !== 0
        ? 'needs a kernel that lets it make namespaces'
        : undefined;

/**
 * One host: a name, a disk, a start of its machine, processes and a network of its own, and a cable to this one. Its loopback is its own:
 * both have an application at the same port.
 */
export interface Host {
  readonly name: string;
  /** What its disk is from here. */
  readonly disk: string;
  /** Of this machine, as it reaches it. */
  readonly gateway: string;
  /** Begins a command that is to run on it. */
  readonly inside: readonly string[];
  /** Pulls the cable, or plugs it in again. */
  cable(state: 'down' | 'up'): void;
  /** Stops all its processes at one moment, as a host that is paused, or lets them go on. */
  signal(name: 'SIGSTOP' | 'SIGCONT'): Promise<void>;
  /** Cuts its power: nothing of it is left but its disk. */
  end(): Promise<void>;
}

const MAX_ROUNDS = 500;

/** `mount`: where the disk is on it, a directory that is there. */
export async function startHost(
  name: string,
  { disk, mount }: { disk: string; mount: string },
): Promise<Host> {
  mkdirSync(disk, { recursive: true });
  const boot = `${disk}.boot`;
  writeFileSync(boot, `${randomUUID()}\n`);
  const script = `hostname ${name} && mount --bind ${disk} ${mount} && mount --bind ${boot} /proc/sys/kernel/random/boot_id &&
    ip link set lo up && echo up && exec sleep infinity`;
  const flags = ['--net', '--uts', '--mount', '--pid', '--fork', '--kill-child', '--mount-proc'];
  // As a host would not: it ends with the test that has started it.
  const outer = spawn('setpriv', ['--pdeathsig', 'KILL', 'unshare', ...flags, 'sh', '-c', script], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  await once(createInterface({ input: outer.stdout }), 'line');
  const first = readFileSync(`/proc/${outer.pid}/task/${outer.pid}/children`, 'utf8').trim();
  const inside = ['nsenter', `--target=${first}`, '--net', '--uts', '--mount', '--pid'];
  const [gateway, own] = addressesOfCable();
  const end = `rb-${randomBytes(3).toString('hex')}`;
  const ip = (...words: string[]) => execFileSync('ip', words, { stdio: 'pipe' });
  const ipInside = (...words: string[]) =>
    execFileSync(inside[0]!, [...inside.slice(1), 'ip', ...words], { stdio: 'pipe' });
  ip('link', 'add', end, 'type', 'veth', 'peer', 'name', 'cable', 'netns', first);
  ip('addr', 'add', `${gateway}/30`, 'dev', end);
  ip('link', 'set', end, 'up');
  ipInside('addr', 'add', `${own}/30`, 'dev', 'cable');
  ipInside('link', 'set', 'cable', 'up');
  const processes = `/proc/${first}/ns/pid`;
  const namespace = readlinkSync(processes);

  return {
    name,
    disk,
    gateway,
    inside,
    cable: (state) => void ip('link', 'set', end, state),
    signal,
    async end() {
      if (outer.exitCode !== null || outer.signalCode !== null) return;
      // One that is stopped is heard of by nobody, and would be waited for.
      await signal('SIGCONT');
      // The first process of a host takes all others along, and its end of the cable.
      process.kill(Number(first), 'SIGKILL');
      await once(outer, 'exit');
    },
  };

  /** Who has begun a process from here stops when that does, and may do so after it was let go on: all are looked at again. */
  async function signal(name: 'SIGSTOP' | 'SIGCONT'): Promise<void> {
    for (let round = 0, quiet = 0; quiet < 5; round += 1) {
      if (round === MAX_ROUNDS) throw new Error('The processes of a host do not hear');
      const others = processesIn(namespace).filter(
        (pid) => isStopped(pid) === (name === 'SIGCONT'),
      );
      for (const pid of others) process.kill(pid, name);
      quiet = others.length === 0 ? quiet + 1 : 0;
      await sleep(20);
    }
  }
}

/** Undefined: it has ended. */
function isStopped(pid: number): boolean | undefined {
  try {
    const [, state] = /\) (\w) /.exec(readFileSync(`/proc/${pid}/stat`, 'utf8')) ?? [];
    return state === 'Z' ? undefined : state === 'T';
  } catch {
    return undefined;
  }
}

/** Of 198.18.0.0/15, which is for such tests (RFC 2544): its two ends. */
function addressesOfCable(): [string, string] {
  const [high, middle, low] = randomBytes(3) as unknown as [number, number, number];
  const [gateway, own] = [1, 2].map(
    (end) => `198.${18 + (high % 2)}.${middle}.${(low & 0xfc) + end}`,
  );
  return [gateway!, own!];
}

/** With those that have begun them from here, and stop as soon as these do. */
function processesIn(namespace: string): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => {
      try {
        return readlinkSync(`/proc/${pid}/ns/pid_for_children`) === namespace;
      } catch {
        return false; // It has ended meanwhile.
      }
    });
}

/** What listens on this machine's loopback, at the cable of a host: as the balancer of docs/cluster.md stands before Temporal. */
export async function openTo(
  { gateway }: Host,
  address: string,
): Promise<{ address: string; server: Server }> {
  const [host, port] = address.split(':') as [string, string];
  const server = createServer((incoming) => {
    const outgoing = connect(Number(port), host);
    incoming.pipe(outgoing).pipe(incoming);
    for (const one of [incoming, outgoing])
      one.on('error', () => {
        incoming.destroy();
        outgoing.destroy();
      });
  });
  server.listen(0, gateway);
  await once(server, 'listening');
  return { address: `${gateway}:${(server.address() as { port: number }).port}`, server };
}

export type Typed = {
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
};

/** A command on a host, until it has ended. */
export async function typeOn(
  { inside }: Host,
  command: readonly string[],
  env: Readonly<Record<string, string>>,
): Promise<Typed> {
  const child: ChildProcess = spawn(inside[0]!, [...inside.slice(1), ...command], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, NO_COLOR: '1', ...env },
  });
  let [stdout, stderr] = ['', ''];
  child.stdout!.on('data', (data) => (stdout += data));
  child.stderr!.on('data', (data) => (stderr += data));
  const [exitCode] = (await once(child, 'close')) as [number | null];
  return { exitCode, stdout, stderr };
}
