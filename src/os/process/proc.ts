import { readdirSync } from 'node:fs';

/** The processes that there are, by what /proc says. None where there is no /proc. */
export function processIds(): string[] {
  return entriesOf('/proc').filter((name) => /^\d+$/.test(name));
}

/** The file descriptors of a process: none of one that has ended, or belongs to somebody else. */
export function descriptorsOf(pid: string): string[] {
  return seenDescriptorsOf(pid) ?? [];
}

/** The same, undefined for one that belongs to somebody else. */
export function seenDescriptorsOf(pid: string): string[] | undefined {
  try {
    return readdirSync(`/proc/${pid}/fd`);
  } catch (error) {
    return ['EACCES', 'EPERM'].includes((error as { code: string }).code) ? undefined : [];
  }
}

/** A process may end, or belong to somebody else, while we read. */
function entriesOf(directory: string): string[] {
  try {
    return readdirSync(directory);
  } catch {
    return [];
  }
}
