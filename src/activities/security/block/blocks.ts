import type { Target } from '../../../config/schema/target.ts';
import { countText } from '../../../config/text/count-text.ts';
import { inMilliseconds } from '../../../config/time/duration.ts';
import { permanent } from '../../../os/failure.ts';
import { type Block, hasBlocks, withBlocks } from './block-record.ts';
import { blockedByKernel, blockInKernel, unblockInKernel } from './nft.ts';
import { blockedInProxy, blockInProxy } from './nginx.ts';
import { openSpared } from './spared.ts';

export interface BlockRequest {
  /** Addresses and networks, in the one spelling that `canonicalBlock` gives. */
  readonly addresses: readonly string[];
  readonly for: string;
  readonly reason: string;
}

export interface Blocked {
  readonly changed: boolean;
  readonly addresses: readonly string[];
  /** ISO 8601, UTC. */
  readonly until: string;
  readonly note: string;
}

/**
 * Keeps addresses out until their time is over. It is recorded first, so that a block that is lost can be made again; what must not be
 * blocked is looked for at this very moment, and one such address keeps all from being blocked.
 * Errors: `NotToBeBlocked`; `NotPermitted`, `CommandMissing`, `ProxyRefused`, `StateUnusable`.
 */
export async function block(
  target: Target,
  run: string,
  { addresses, reason, for: length }: BlockRequest,
): Promise<Blocked> {
  await expectNotSpared(target, addresses);
  const since = new Date().toISOString();
  const until = new Date(Date.now() + inMilliseconds(length)).toISOString();
  const made = withBlocks(target, (blocks) =>
    addresses.map((address) =>
      blocks.put({ address, target: target.name, since, until, run, reason }),
    ),
  );
  const changed = await apply(target);
  const now = await inForce(target);
  const missing = addresses.filter((address) => !now.includes(address));
  if (missing.length > 0 && made.some((one) => one.until > new Date().toISOString()))
    throw permanent('NotBlocked', `It was blocked and is not: ${missing.join(', ')}`);
  const last = made
    .map((one) => one.until)
    .toSorted()
    .at(-1)!;
  return {
    changed,
    addresses,
    until: last,
    note: `${addresses.join(', ')} until ${last}, which ${by(target)}`,
  };
}

/** Lets addresses through again that this target has blocked: those of a run, or one. What another target has blocked stays so. */
export async function unblock(
  target: Target,
  which: { readonly run: string } | { readonly address: string },
): Promise<{ readonly changed: boolean; readonly addresses: readonly string[] }> {
  if (!hasBlocks(target) && 'run' in which) return { changed: false, addresses: [] };
  const { ended, stay } = withBlocks(target, (blocks) => {
    const now = new Date().toISOString();
    const mine = blocks
      .live(now, target.name)
      .filter((one) => ('run' in which ? one.run === which.run : one.address === which.address));
    for (const { address } of mine) blocks.remove(address, target.name);
    const others = new Set(blocks.live(now).map(({ address }) => address));
    return { ended: mine.map(({ address }) => address), stay: others };
  });
  // One that was recorded no more, and is there all the same, goes too.
  const asked = 'address' in which ? [...new Set([...ended, which.address])] : ended;
  const free = asked.filter((address) => !stay.has(address));
  const changed =
    target.security.block.kind === 'nginx'
      ? await apply(target)
      : await unblockInKernel(target, free);
  return { changed: changed || ended.length > 0, addresses: ended };
}

/** Makes again what was lost, with the rest of its time, and ends what is over. Answers what it did, as text; undefined: nothing. */
export async function restoreBlocks(target: Target): Promise<string | undefined> {
  if (!hasBlocks(target)) return undefined;
  const now = new Date().toISOString();
  const over = withBlocks(target, (blocks) => blocks.forget(now, target.name));
  const mine = blocksOf(target);
  if (mine.length === 0 && !over && target.security.block.kind === 'nft') return undefined;
  const before = await inForce(target);
  const changed = await apply(target);
  const lost = mine.filter(({ address }) => !before.includes(address));
  if (!changed) return undefined;
  return lost.length > 0
    ? `${countText(lost.length, 'block')} of "${target.name}" ${lost.length === 1 ? 'was' : 'were'} gone, and ${lost.length === 1 ? 'is' : 'are'} there again for the rest of the time: ${lost.map(({ address }) => address).join(', ')}`
    : `What keeps addresses from "${target.name}" was made whole again`;
}

/** Those of this target that are not over. */
export function blocksOf(target: Pick<Target, 'name' | 'state' | 'security'>): Block[] {
  if (!hasBlocks(target)) return [];
  return withBlocks(target, (blocks) => blocks.live(new Date().toISOString(), target.name));
}

/** Addresses that are kept out at this moment, by what keeps them out itself. */
export async function inForce(target: Target): Promise<readonly string[]> {
  return target.security.block.kind === 'nginx'
    ? blockedInProxy(target)
    : [...(await blockedByKernel(target)).keys()];
}

/** Error: `NotToBeBlocked`, with each and why. */
async function expectNotSpared(target: Target, addresses: readonly string[]): Promise<void> {
  const whySpared = await openSpared(target);
  const spared = addresses.flatMap((address) => {
    const why = whySpared(address);
    return why === undefined ? [] : [`${address}: ${why}`];
  });
  if (spared.length > 0)
    throw permanent('NotToBeBlocked', `Nothing is blocked, for we need ${spared.join('; ')}`);
}

function apply(target: Target): Promise<boolean> {
  const mine = blocksOf(target);
  return target.security.block.kind === 'nginx'
    ? blockInProxy(target, mine)
    : blockInKernel(target, mine);
}

function by({ security: { block: how } }: Target): string {
  return how.kind === 'nginx' ? 'a worker ends: nginx knows no ends' : 'the kernel ends by itself';
}
