import type { Figure } from './figure.ts';

/** From this share of its inodes on no file can be made. */
const NO_INODE = 0.999;

/**
 * Whether a disk takes nothing more, and what needs it fails: by the bytes that are left, as its figure is judged by then. A share
 * says nothing of it: of 1 TB 1 % is plenty.
 */
export function isFullDisk({ name, value = 0, verdict, limit = '' }: Figure): boolean {
  if (verdict !== 'critical') return false;
  if (name.startsWith('disk.inodes ')) return value >= NO_INODE;
  return name.startsWith('disk.used ') && /^critical below .* left$/.test(limit);
}
