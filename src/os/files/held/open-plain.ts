import {
  closeSync,
  constants,
  fstatSync,
  lstatSync,
  openSync,
  readFileSync,
  type Stats,
  statSync,
} from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { dirname } from 'node:path';
import { permanent } from '../../failure.ts';
import { withHeld } from './with-held.ts';
import { isOurs, isOursAlone } from './who-may-lead.ts';
import { countText } from '../../../config/text/count-text.ts';

const { O_NOFOLLOW, O_NONBLOCK, O_NOCTTY } = constants;

/**
 * Opens what lies under a name that another user may have given: a plain file, and no link. A file with more than `names` names is opened
 * only where its directory is ours alone, or its owner is the directory's: a user can give a file of root's a second name, and neither
 * read it nor change it. Whoever calls closes it. Nothing is cut by the opening. Error: `LinkRefused`; ENOENT, EACCES as they are.
 */
export function openPlain(
  file: string,
  flags: number,
  { names = 1, mode }: { readonly names?: number; readonly mode?: number } = {},
): number {
  const { fd, about } = openRegular(file, flags, mode);
  const why = whyNotPlain(about, file, names);
  if (why === undefined) return fd;
  closeSync(fd);
  throw refused(file, why);
}

/** The same, however many names the file has: that is for the caller to judge. */
export function openRegular(
  file: string,
  flags: number,
  mode?: number,
): { readonly fd: number; readonly about: Stats } {
  let fd: number;
  try {
    // A FIFO without a writer would hold us for ever.
    fd = openSync(file, flags | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY, mode);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ELOOP') throw refused(file, 'is a link');
    if (code === 'ENXIO') throw refused(file, 'is no regular file');
    throw error;
  }
  const about = fstatSync(fd);
  if (about.isFile()) return { fd, about };
  closeSync(fd);
  throw refused(file, 'is no regular file');
}

/** The same of what lies under the very name, to be read at leisure: what is no file is for the caller to tell. Error: `LinkRefused`, ELOOP. */
export async function openItself(path: string): Promise<FileHandle> {
  return withHeld(async (held) => {
    const file = held.itself(path);
    const handle = await open(file, constants.O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY);
    const about = await handle.stat();
    const why = about.isFile() ? whyNotPlain(about, file, 1) : undefined;
    if (why === undefined) return handle;
    await handle.close();
    throw refused(file, why);
  });
}

/** Demands the same of what has a name now, without opening it. Error: `LinkRefused`, ENOENT. */
export function expectPlain(file: string, { names = 1 }: { readonly names?: number } = {}): void {
  const about = lstatSync(file);
  const why = about.isFile() ? whyNotPlain(about, file, names) : 'is no regular file';
  if (why !== undefined) throw refused(file, why);
}

/** All of a small file, of `most` bytes. Undefined: there is none. Errors: EFBIG; as `openPlain`. */
export function readPlain(file: string, most = Infinity): Buffer | undefined {
  return readIfThere(
    () => openPlain(file, constants.O_RDONLY),
    (fd) => {
      expectAtMost(file, fstatSync(fd), most);
    },
  );
}

/** Error: EFBIG. */
export function expectAtMost(file: string, { size }: Pick<Stats, 'size'>, most: number): void {
  if (size <= most) return;
  const text = `"${file}" has ${countText(size, 'byte')}, expected at most ${most}`;
  throw Object.assign(new Error(text), { code: 'EFBIG' });
}

/** All that is in what `open` opens, if it passes. Undefined: nothing has the name. */
export function readIfThere(
  open: () => number,
  expectFit: (fd: number) => void = () => {},
): Buffer | undefined {
  let fd: number;
  try {
    fd = open();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
  try {
    expectFit(fd);
    return readFileSync(fd);
  } finally {
    closeSync(fd);
  }
}

/** Undefined: it may be taken for what its directory's owner put there. */
function whyNotPlain(about: Stats, file: string, names: number): string | undefined {
  if (about.nlink <= names) return undefined;
  const directory = statSync(dirname(file));
  const isOwners = about.uid === directory.uid && !isOurs(directory.uid);
  if (isOursAlone(directory) || isOwners) return undefined;
  return `has ${countText(about.nlink, 'name')}, and another of them may be somebody else's file`;
}

function refused(file: string, why: string): Error {
  return permanent('LinkRefused', `"${file}" ${why}, and is left alone: move it away`);
}
