import {
  accessSync,
  chmodSync,
  constants,
  lstatSync,
  mkdirSync,
  readdirSync,
  statSync,
} from 'node:fs';
import { join } from 'node:path';
import { permanent } from '../failure.ts';
import { isOurs } from './held/who-may-lead.ts';

/** Where the file system or the rights of this process have no such thing, it stays as it is. */
const CANNOT = ['EPERM', 'EROFS', 'ENOTSUP', 'EACCES'];

/**
 * Makes a directory that only its owner may look into, and closes one of ours that others may: whoever opens a file of ours can lock it, and
 * stop every run. One that others use, too, is left as it is, and so is a symbolic link: what it leads to is not ours to close.
 */
export function ensurePrivate(directory: string): void {
  if (mkdirSync(directory, { recursive: true, mode: 0o700 }) !== undefined) return;
  const { mode } = lstatSync(directory);
  if ((mode & 0o077) === 0) return;
  try {
    if (isOursAlone(directory)) chmodSync(directory, mode & 0o700);
  } catch (error) {
    if (!CANNOT.includes((error as NodeJS.ErrnoException).code ?? '')) throw error;
  }
}

/**
 * The same of our own state: what lies there says whom we end and what we may do, so nobody else may own it, or write to it. Error: `StateUnusable`.
 */
export function ensureOwn(directory: string): void {
  ensurePrivate(directory);
  const { uid, mode } = statSync(directory);
  const link = lstatSync(directory);
  const owner = [link.uid, uid].find((one) => !isOurs(one));
  if (owner === undefined && ((mode & 0o022) === 0 || isReadOnly(directory))) return;
  const who = owner === undefined ? 'can be written to by others' : `belongs to user ${owner}`;
  throw permanent(
    'StateUnusable',
    `The state directory "${directory}" ${who}, so that what lies there cannot be believed: name another one as "state" in the ` +
      `target's file, or make it yours alone (chown, chmod 700)`,
  );
}

/** There nobody writes anything. */
function isReadOnly(directory: string): boolean {
  try {
    accessSync(directory, constants.W_OK);
    return false;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EROFS';
  }
}

function isOursAlone(directory: string): boolean {
  const uid = process.getuid?.();
  const facts = lstatSync(directory);
  if (!facts.isDirectory() || facts.uid !== uid) return false;
  return readdirSync(directory).every(
    (name) => lstatSync(join(directory, name), { throwIfNoEntry: false })?.uid === uid,
  );
}
