import { isIPv4 } from 'node:net';
import { canonicalAddress } from './address.ts';

/** Addresses that begin with the same bits. A single address has all of them. */
export interface Network {
  readonly family: 'ipv4' | 'ipv6';
  /** Of the first address. */
  readonly bits: bigint;
  /** How many bits count: 32 or 128 of a single address. */
  readonly length: number;
}

const BITS = { ipv4: 32, ipv6: 128 } as const;
/** Of IPv4 that IPv6 carries: what stands before its 32 bits. */
const CARRIED = 96;

/** Of `203.0.113.7`, `2001:db8::/32`, `::ffff:203.0.113.0/120`. Undefined: it is none. */
export function networkOf(text: string): Network | undefined {
  const [before = '', behind, ...more] = text.split('/');
  const address = canonicalAddress(before);
  if (address === undefined || more.length > 0) return undefined;
  const family = isIPv4(address) ? 'ipv4' : 'ipv6';
  const all = BITS[family];
  if (behind !== undefined && !/^(?:0|[1-9]\d{0,2})$/.test(behind)) return undefined;
  const isCarried = family === 'ipv4' && before.includes(':');
  const length = behind === undefined ? all : Number(behind) - (isCarried ? CARRIED : 0);
  if (length < 0 || length > all) return undefined;
  const zeros = BigInt(all - length);
  return { family, bits: (bitsOf(address) >> zeros) << zeros, length };
}

/** In its only spelling: an address, or a network by its first address. Undefined: it is neither. */
export function canonicalBlock(text: string): string | undefined {
  const network = networkOf(text);
  return network && textOf(network);
}

/** Whether they have an address in common: then one lies in the other. */
export function overlap(one: Network, other: Network): boolean {
  if (one.family !== other.family) return false;
  const rest = BigInt(BITS[one.family] - Math.min(one.length, other.length));
  return one.bits >> rest === other.bits >> rest;
}

export function isSingle({ family, length }: Network): boolean {
  return length === BITS[family];
}

/** As many bits as count, written as an address: `255.255.255.0`. */
export function maskOf({ family, length }: Pick<Network, 'family' | 'length'>): string {
  const all = BigInt(BITS[family]);
  return addressText(family, ((1n << all) - 1n) ^ ((1n << (all - BigInt(length))) - 1n));
}

function textOf(network: Network): string {
  const address = addressText(network.family, network.bits);
  return isSingle(network) ? address : `${address}/${network.length}`;
}

function bitsOf(address: string): bigint {
  if (isIPv4(address))
    return address.split('.').reduce((bits, part) => (bits << 8n) | BigInt(part), 0n);
  const [head = '', tail] = address.split('::');
  const parts = (text: string | undefined) => (text ? text.split(':') : []);
  const [first, last] = [parts(head), parts(tail)];
  const zeros = Array.from({ length: 8 - first.length - last.length }, () => '0');
  return [...first, ...zeros, ...last].reduce(
    (bits, part) => (bits << 16n) | BigInt(`0x${part}`),
    0n,
  );
}

function addressText(family: Network['family'], bits: bigint): string {
  const [count, width] = family === 'ipv4' ? [4, 8n] : [8, 16n];
  const parts = Array.from(
    { length: count },
    (_, at) => (bits >> (width * BigInt(count - 1 - at))) & ((1n << width) - 1n),
  );
  if (family === 'ipv4') return parts.join('.');
  const long = parts.map((part) => part.toString(16)).join(':');
  // As IPv6, also where it would carry an IPv4.
  return new URL(`http://[${long}]/`).hostname.slice(1, -1);
}
