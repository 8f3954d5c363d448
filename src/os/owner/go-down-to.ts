import { takeGroups } from './by-owner.ts';
import type { Owner } from './owner-of.ts';

/** From now on this process has the rights of the owner, for good: real, effective and saved. The kernel then keeps that user from looking into it. */
export function goDownTo(owner: Owner): void {
  takeGroups(owner);
  process.setgid!(owner.gid);
  process.setuid!(owner.uid);
}
