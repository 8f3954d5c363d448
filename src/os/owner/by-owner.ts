import type { Owner } from './owner-of.ts';

/**
 * Does something with the rights of the application's owner in this very process, so that the kernel judges every part of a path, and every link in
 * it, by what he may. All threads of a process have the rights: nothing else may be under way, so it is not for what takes its time.
 */
export function byOwner<Result>(owner: Owner | undefined, work: () => Result): Result {
  if (owner === undefined) return work();
  const { uid, gid, groups } = ours();
  try {
    takeGroups(owner);
    process.setegid!(owner.gid);
    process.seteuid!(owner.uid);
    return work();
  } finally {
    process.seteuid!(uid);
    process.setegid!(gid);
    process.setgroups!(groups);
  }
}

/** Those of his name, as a login gives them. Its types do not know this call of Node. */
export function takeGroups({ name, gid }: Owner): void {
  if (name === undefined) return process.setgroups!([gid]);
  (process as unknown as { initgroups(user: string, gid: number): void }).initgroups(name, gid);
}

function ours() {
  return { uid: process.geteuid!(), gid: process.getegid!(), groups: process.getgroups!() };
}
