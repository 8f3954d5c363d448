import { readFileSync, readlinkSync } from 'node:fs';
import { identityOf } from '../identity-of.ts';
import { commandOf } from './process-table.ts';
import { descriptorsOf, seenDescriptorsOf } from './proc.ts';

/** What one process has open. */
export interface OpenFile {
  /** `<device>:<inode>`: the same for whoever has it open, by whatever name. */
  readonly identity: string;
  /** As its process calls it, in its own root. */
  readonly name: string;
  /** The name by which it can be reached from here: through the root of its process, where that has mounts of its own. */
  readonly path: string;
  /** Its name is gone, or belongs to another file by now. */
  readonly deleted: boolean;
  readonly writable: boolean;
}

/** What it has open under names that are `wanted`. None for one that has ended, or belongs to somebody else. */
export function openFilesOf(
  pid: string,
  wanted: (name: string) => boolean = () => true,
): OpenFile[] {
  return descriptorsOf(pid).flatMap((fd) => openFileOf(pid, fd, wanted) ?? []);
}

/** Whether it has one of these files open. Much faster than to list them all by name. */
export function hasOpen(pid: string, identities: ReadonlySet<string | undefined>): boolean {
  return descriptorsOf(pid).some((fd) => {
    const identity = identityOf(`/proc/${pid}/fd/${fd}`);
    return identity !== undefined && identities.has(identity);
  });
}

/** A thread of the kernel has no command, and no files: that they cannot be seen means nothing. */
export function isHidden(pid: string): boolean {
  return seenDescriptorsOf(pid) === undefined && commandOf(Number(pid)) !== '';
}

/** The initial PID namespace has a number of its own, include/linux/proc_ns.h: in any other one, processes are not seen. */
const INITIAL = 'pid:[4026531836]';

export function seesWholeMachine(): boolean {
  return linkOf('/proc/self/ns/pid') === INITIAL;
}

/** What the kernel adds to the name of a file that has none any more. */
const DELETED = / \(deleted\)$/;

function openFileOf(
  pid: string,
  fd: string,
  wanted: (name: string) => boolean,
): OpenFile | undefined {
  const link = `/proc/${pid}/fd/${fd}`;
  const text = linkOf(link);
  // A socket or a pipe has no name.
  if (!text?.startsWith('/') || !wanted(text.replace(DELETED, ''))) return undefined;
  const identity = identityOf(link);
  if (identity === undefined) return undefined;
  const bare = text.replace(DELETED, '');
  const path = pathFrom(pid, bare);
  const deleted = bare !== text && identityOf(path) !== identity;
  return { identity, name: bare, path, deleted, writable: isWritable(pid, fd) };
}

/** The kernel tells a name in our mounts from our root on, and a name in other mounts from their root on. */
function pathFrom(pid: string, name: string): string {
  if (linkOf(`/proc/${pid}/ns/mnt`) === linkOf('/proc/self/ns/mnt')) return name;
  const root = linkOf(`/proc/${pid}/root`) ?? '/';
  const within = root !== '/' && name.startsWith(`${root}/`) ? name.slice(root.length) : name;
  return `/proc/${pid}/root${within}`;
}

/** By the flags of open(2), in octal: the last two bits are how it was opened. */
function isWritable(pid: string, fd: string): boolean {
  try {
    const [, flags] = /^flags:\s*([0-7]+)$/m.exec(
      readFileSync(`/proc/${pid}/fdinfo/${fd}`, 'utf8'),
    )!;
    return (Number.parseInt(flags!, 8) & 3) !== 0;
  } catch {
    return false;
  }
}

/** A process may end while it is read. */
function linkOf(path: string): string | undefined {
  try {
    return readlinkSync(path);
  } catch {
    return undefined;
  }
}
