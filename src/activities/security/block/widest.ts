import { networkOf } from './network.ts';

/** A quarter of a million customers of one provider share more than that: nobody means all of them. */
const WIDEST = { ipv4: 16, ipv6: 32 } as const;
export const WIDEST_TEXT = `/${WIDEST.ipv4} (IPv6: /${WIDEST.ipv6})`;

/** Whether it is a network that is never blocked as a whole. */
export function isTooWide(text: string): boolean {
  const network = networkOf(text);
  return network !== undefined && network.length < WIDEST[network.family];
}
