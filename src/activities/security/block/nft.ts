import type { Target } from '../../../config/schema/target.ts';
import { failureOf } from '../../../os/failure-of.ts';
import { permanent } from '../../../os/failure.ts';
import { run } from '../../../os/process/command.ts';
import { familyOf } from './address.ts';
import type { Block } from './block-record.ts';

type Where = Pick<Target, 'directory' | 'security'>;

/** One table of ours: nobody else's rules are read or changed. */
const TABLE = 'inet durable_runbooks';
const SETS = { ipv4: 'blocked4', ipv6: 'blocked6' } as const;
const TIMEOUT = 15_000;
/** An element may end between the look at it and what is done about it. */
const TRIES = 3;

/**
 * Sets of single addresses, each with its own end in the kernel. No `interval`: there an address inside of a network that ends sooner
 * is swallowed by it. It is looked at before Docker sends packets on to a container, and also cuts connections that stand.
 */
const SETUP = `add table ${TABLE}
add set ${TABLE} blocked4 { type ipv4_addr; flags timeout; }
add set ${TABLE} blocked6 { type ipv6_addr; flags timeout; }
add chain ${TABLE} refuse { type filter hook prerouting priority -150; policy accept; }
flush chain ${TABLE} refuse
add rule ${TABLE} refuse ip saddr @blocked4 counter drop
add rule ${TABLE} refuse ip6 saddr @blocked6 counter drop
`;

/** In all tables: what is there once, changed by one transaction. */
interface State {
  /** Seconds left, by address. */
  readonly left: ReadonlyMap<string, number>;
  /** Whether both rules are there, in their chain. */
  readonly whole: boolean;
}

/** Addresses that the kernel drops now, with the seconds that are left. Errors: `NotPermitted`, `CommandMissing`, `CommandFailed`. */
export async function blockedByKernel(where: Where): Promise<ReadonlyMap<string, number>> {
  return (await stateOf(where)).left;
}

/** Has the kernel drop all that comes from these until their end, by itself. What is there for as long already stays. Errors: the same. */
export async function blockInKernel(where: Where, blocks: readonly Block[]): Promise<boolean> {
  return changing(async () => {
    const { left, whole } = await stateOf(where);
    const wanted = blocks
      .map(({ address, until }) => ({ address, seconds: secondsUntil(until) }))
      .filter(({ seconds }) => seconds > 0);
    const missing = wanted.filter(({ address, seconds }) => (left.get(address) ?? 0) < seconds - 2);
    if (missing.length === 0 && (whole || wanted.length === 0)) return false;
    const lines = missing.flatMap(({ address, seconds }) => [
      // A kernel that knows it already would keep the old end.
      ...(left.has(address) ? [`delete element ${TABLE} ${setOf(address)} { ${address} }`] : []),
      `add element ${TABLE} ${setOf(address)} { ${address} timeout ${seconds}s }`,
    ]);
    await nft(where, [`${SETUP}${lines.join('\n')}\n`]);
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
    await nft(where, [
      there.map((one) => `delete element ${TABLE} ${setOf(one)} { ${one} }\n`).join(''),
    ]);
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
  if (!there) return { left: new Map(), whole: false };
  const listing = JSON.parse(
    await nft(where, ['-j', 'list', 'table', ...TABLE.split(' ')]),
  ) as Listing;
  const elements = listing.nftables.flatMap(({ set }) =>
    set !== undefined && Object.values<string>(SETS).includes(set.name) ? (set.elem ?? []) : [],
  );
  const rules = listing.nftables.filter(({ rule }) => rule?.chain === 'refuse').length;
  return {
    left: new Map(
      elements.flatMap(({ elem }) => (elem ? [[elem.val, elem.expires ?? Infinity] as const] : [])),
    ),
    whole: rules === 2,
  };
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

function setOf(address: string): string {
  return SETS[familyOf(address)];
}

function secondsUntil(until: string): number {
  return Math.ceil((Date.parse(until) - Date.now()) / 1000);
}
