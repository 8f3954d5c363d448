import { chmodSync, lstatSync, mkdirSync } from 'node:fs';

/**
 * Makes a directory that only its owner may look into, and closes one that others may: whoever opens a file of ours can lock it, and stop
 * every run. A symbolic link is left as it is: what it leads to is not ours to close.
 */
export function ensurePrivate(directory: string): void {
  if (mkdirSync(directory, { recursive: true, mode: 0o700 }) !== undefined) return;
  const facts = lstatSync(directory);
  const uid = process.getuid?.();
  const isOurs = facts.isDirectory() && (uid === 0 || uid === facts.uid);
  if (isOurs && (facts.mode & 0o077) !== 0) chmodSync(directory, facts.mode & 0o700);
}
