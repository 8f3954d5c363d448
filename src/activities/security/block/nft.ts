import type { Target } from '../../../config/schema/target.ts';
import { failureOf } from '../../../os/failure-of.ts';
import { permanent } from '../../../os/failure.ts';
import { run } from '../../../os/process/command.ts';
import type { Block } from './block-record.ts';
import { canonicalBlock, isSingle, maskOf, type Network, networkOf } from './network.ts';

type Where = Pick<Target, 'directory' | 'security'>;

/** One table of ours: nobody else's rules are read or changed. */
const TABLE = 'inet durable_runbooks';
const TIMEOUT = 15_000;
/** An element may end between the look at it and what is done about it. */
const TRIES = 3;

/** `blocked4` of single addresses, `blocked4_24` of networks with so many bits. */
const SET = /^blocked([46])(?:_(\d{1,3}))?$/;

/**
 * Sets, each element with its own end in the kernel. No `interval`: there an address inside of a network that ends sooner is swallowed by it. Networks
 * have a set for each length instead, which holds their first addresses, and is asked for an address without its last bits. It is
 * looked at before Docker sends packets on to a container, and also cuts connections that stand.
 */
function setup(sets: readonly string[]): string {
  return [
    `add table ${TABLE}`,
    ...sets.map((set) => `add set ${TABLE} ${set} { type ${typeOf(set)}; flags timeout; }`),
    `add chain ${TABLE} refuse { type filter hook prerouting priority -150; policy accept; }`,
    `flush chain ${TABLE} refuse`,
    ...sets.map((set) => `add rule ${TABLE} refuse ${sourceOf(set)} @${set} counter drop`),
    '',
  ].join('\n');
}

function typeOf(set: string): string {
  return familyIn(set) === 'ipv4' ? 'ipv4_addr' : 'ipv6_addr';
}

function sourceOf(set: string): string {
  const family = familyIn(set);
  const source = family === 'ipv4' ? 'ip saddr' : 'ip6 saddr';
  const [, , length] = SET.exec(set)!;
  return length === undefined
    ? source
    : `${source} & ${maskOf({ family, length: Number(length) })}`;
}

function familyIn(set: string): Network['family'] {
  return SET.exec(set)![1] === '4' ? 'ipv4' : 'ipv6';
}

function setOf(block: string): string {
  const network = networkOf(block)!;
  const all = network.family === 'ipv4' ? 'blocked4' : 'blocked6';
  return isSingle(network) ? all : `${all}_${network.length}`;
}

/** Those that are there for every block of single addresses. */
const ALWAYS = ['blocked4', 'blocked6'];

/** In all tables: what is there once, changed by one transaction. */
interface State {
  /** Seconds left, by address. */
  readonly left: ReadonlyMap<string, number>;
  /** Of ours, those that are there. */
  readonly sets: readonly string[];
  /** Whether each of them has its rule in the chain. */
  readonly whole: boolean;
}

/** Addresses that the kernel drops now, with the seconds that are left. Errors: `NotPermitted`, `CommandMissing`, `CommandFailed`. */
export async function blockedByKernel(where: Where): Promise<ReadonlyMap<string, number>> {
  return (await stateOf(where)).left;
}

/** Has the kernel drop all that comes from these until their end, by itself. What is there for as long already stays. Errors: the same. */
export async function blockInKernel(where: Where, blocks: readonly Block[]): Promise<boolean> {
  return changing(async () => {
    const { left, sets, whole } = await stateOf(where);
    const wanted = blocks
      .map(({ address, until }) => ({ address, milliseconds: Date.parse(until) - Date.now() }))
      .filter(({ milliseconds }) => milliseconds > 0);
    const missing = wanted.filter(
      ({ address, milliseconds }) => (left.get(address) ?? 0) < milliseconds / 1000 - 2,
    );
    if (missing.length === 0 && (whole || wanted.length === 0)) return false;
    const lines = missing.flatMap(({ address, milliseconds }) => [
      // A kernel that knows it already would keep the old end.
      ...(left.has(address) ? [`delete element ${TABLE} ${elementOf(address)}`] : []),
      `add element ${TABLE} ${elementOf(address, milliseconds)}`,
    ]);
    const needed = missing.map(({ address }) => setOf(address));
    const all = [...new Set([...ALWAYS, ...sets, ...needed])];
    await nft(where, [`${setup(all)}${lines.join('\n')}\n`]);
    return true;
  });
}

/** Lets these through again. Answers whether one was kept out. Errors: the same. */
export async function unblockInKernel(
  where: Where,
  addresses: readonly string[],
): Promise<boolean> {
  return changing(async () => {
    const { left } = await stateOf(where);
    const there = addresses.filter((address) => left.has(address));
    if (there.length === 0) return false;
    await nft(where, [there.map((one) => `delete element ${TABLE} ${elementOf(one)}\n`).join('')]);
    return true;
  });
}

async function changing(work: () => Promise<boolean>): Promise<boolean> {
  for (let tries = 1; ; tries += 1)
    try {
      return await work();
    } catch (error) {
      if (tries === TRIES || failureOf(error).type !== 'CommandFailed') throw error;
    }
}

async function stateOf(where: Where): Promise<State> {
  const tables = JSON.parse(await nft(where, ['-j', 'list', 'tables'])) as Listing;
  const there = tables.nftables.some(
    ({ table }) => table?.family === 'inet' && table.name === 'durable_runbooks',
  );
  if (!there) return { left: new Map(), sets: [], whole: false };
  const listing = JSON.parse(
    await nft(where, ['-j', 'list', 'table', ...TABLE.split(' ')]),
  ) as Listing;
  const sets = listing.nftables.flatMap(({ set }) => (set && SET.test(set.name) ? [set] : []));
  const names = sets.map(({ name }) => name);
  const rules = listing.nftables.filter(({ rule }) => rule?.chain === 'refuse').length;
  return {
    left: new Map(
      sets.flatMap(({ name, elem = [] }) =>
        elem.flatMap(({ elem: one }) =>
          one ? [[blockText(name, one.val), one.expires ?? Infinity] as const] : [],
        ),
      ),
    ),
    sets: names,
    whole: ALWAYS.every((set) => names.includes(set)) && rules === names.length,
  };
}

function blockText(set: string, address: string): string {
  const [, , length] = SET.exec(set)!;
  const text = length === undefined ? address : `${address}/${length}`;
  return canonicalBlock(text) ?? text;
}

/** `blocked4_24 { 203.0.113.0 timeout 59873ms }`: in whole seconds it would end later than people were told. */
function elementOf(block: string, milliseconds?: number): string {
  const [address] = block.split('/');
  return `${setOf(block)} { ${address}${milliseconds === undefined ? '' : ` timeout ${milliseconds}ms`} }`;
}

/** What of nft's JSON is read: libnftables-json(5). */
interface Listing {
  readonly nftables: readonly {
    readonly table?: { readonly family: string; readonly name: string };
    readonly rule?: { readonly chain: string };
    readonly set?: {
      readonly name: string;
      readonly elem?: readonly {
        readonly elem?: { readonly val: string; readonly expires?: number };
      }[];
    };
  }[];
}

async function nft({ directory, security }: Where, words: readonly string[]): Promise<string> {
  const [file, ...before] = security.block.command ?? ['nft'];
  try {
    const { stdout } = await run(file!, [...before, ...words], {
      timeout: TIMEOUT,
      cwd: directory,
    });
    return stdout;
  } catch (error) {
    const failure = failureOf(error);
    if (failure.type === 'CommandMissing')
      throw permanent(
        'CommandMissing',
        `Cannot block: "${file}" is not on this host. Install it (apt-get install nftables), or block at the proxy: "block: { kind: nginx }"`,
      );
    if (/not permitted|must be root/i.test(failure.message))
      throw permanent(
        'NotPermitted',
        'Cannot block: that needs root. Serve this target by a worker that runs as root, or that has CAP_NET_ADMIN',
      );
    throw failure;
  }
}
