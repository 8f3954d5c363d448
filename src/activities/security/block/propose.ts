import type { Target } from '../../../config/schema/target.ts';
import { countText } from '../../../config/text/count-text.ts';
import { plainLine } from '../../../config/text/plain-text.ts';
import { UpToAYear } from '../../../config/time/duration.ts';
import { permanent } from '../../../os/failure.ts';
import { failedLogins } from '../watch/failed-logins.ts';
import { canonicalBlock } from './network.ts';
import { isTooWide, WIDEST_TEXT } from './widest.ts';
import { openSpared } from './spared.ts';

/** Who may be blocked. */
export interface Proposal {
  readonly addresses: readonly string[];
  /** So long, unless somebody lifts it. */
  readonly for: string;
  /** Who must not be blocked, and why: a sentence each. */
  readonly spared: readonly string[];
  /** After it the next level is called, when nobody has answered. */
  readonly escalateAfter: string;
  readonly note: string;
}

/** More are no list that a person can approve. */
const MAX_ADDRESSES = 100;

/** Of those that are named; of nobody named, those who have failed to log in too often. Error: `InvalidInput`. */
export async function proposeBlocks(
  target: Target,
  named: readonly string[],
  length: string = target.security.block.for,
): Promise<Proposal> {
  const wrong = named.find((one) => canonicalBlock(one) === undefined);
  if (wrong !== undefined)
    throw permanent(
      'InvalidInput',
      `"${plainLine(wrong, 60)}" is no address: name addresses and networks, such as "203.0.113.7", "2001:db8::7" or "203.0.113.0/24"`,
    );
  const wide = named.find(isTooWide);
  if (wide !== undefined)
    throw permanent(
      'InvalidInput',
      `"${wide}" is too much to block: name networks of at most ${WIDEST_TEXT}, several of them if need be`,
    );
  if (!UpToAYear.safeParse(length).success)
    throw permanent(
      'InvalidInput',
      `"${plainLine(length, 30)}" is no time to block for: name one such as "24h"`,
    );
  const all =
    named.length > 0
      ? named.map((one) => canonicalBlock(one)!)
      : (await failedLogins(target)).worst;
  const whySpared = await openSpared(target);
  const judged = [...new Set(all)].map((address) => ({ address, why: whySpared(address) }));
  const addresses = judged.flatMap(({ address, why }) => (why === undefined ? [address] : []));
  const spared = judged.flatMap(({ address, why }) =>
    why === undefined ? [] : [`${address}: ${why}`],
  );
  if (addresses.length > MAX_ADDRESSES)
    throw permanent(
      'InvalidInput',
      `${addresses.length} addresses are more than a person can look at: name at most ${MAX_ADDRESSES}`,
    );
  const { escalateAfter } = target.security.block;
  const found = named.length > 0 ? '' : ' with too many failed logins';
  const note = [
    addresses.length > 0
      ? `${countText(addresses.length, 'address', 'addresses')}${found}: ${addresses.join(', ')}`
      : `No address${found} to block`,
    ...spared.map((one) => `not blocked, ${one}`),
  ].join('; ');
  return { addresses, for: length, spared, escalateAfter, note };
}
