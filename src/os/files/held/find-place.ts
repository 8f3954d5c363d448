import { closeSync, constants, fstatSync, openSync, readlinkSync, type Stats } from 'node:fs';
import { permanent } from '../../failure.ts';
import { whoMayLead } from './who-may-lead.ts';

/** See open(2): needs the right to pass only, and opens a link itself. */
const O_PATH = 0o10000000;
const { O_DIRECTORY, O_NOFOLLOW } = constants;
/** As many as the kernel follows. */
const MAX_LINKS = 40;

/** A directory that is open: what is named by it lies in it, wherever it was moved and whatever lies now where it was. */
export interface OpenDirectory {
  readonly fd: number;
  readonly about: Stats;
  /** Where it was found, without links: for people. */
  readonly shown: string;
}

export interface FoundPlace {
  readonly directory: OpenDirectory;
  /** In it. Empty: the directory itself, which is the root of all. */
  readonly name: string;
  /** What has the name. Missing: nothing has. */
  readonly about?: Stats;
}

/** A link that has been followed to where `left` parts of the path are left: what lies there must be `owner`'s. */
interface Following {
  readonly link: string;
  readonly to: string;
  readonly owner: number;
  readonly left: number;
}

/**
 * Walks an absolute path part by part, each opened below the one before, and never through a link that serves somebody else: see
 * `whoMayLead`. Nothing that is renamed meanwhile leads it astray. The caller closes `directory`. The last part is followed when it is a
 * link, unless `followLast` is false. Error: `LinkRefused`; ENOENT and ENOTDIR as the kernel has them.
 */
export function findPlace(path: string, { followLast }: { followLast: boolean }): FoundPlace {
  let directory = openRoot();
  let left = partsOf(path);
  let links = 0;
  const following: Following[] = [];
  try {
    for (;;) {
      // `a/.` and `a/..` end in a directory that is open already.
      const part = left.shift();
      if (part === undefined) return expectOwners({ directory, name: '', about: directory.about });
      const at = `/proc/self/fd/${directory.fd}/${part}`;
      const fd = openOne(at, `${directory.shown}${part}`);
      if (fd === undefined) {
        if (left.length > 0) throw failed('ENOENT', `${directory.shown}${part}`);
        return expectOwners({ directory, name: part });
      }
      const about = fstatSync(fd);
      if (about.isSymbolicLink() && (left.length > 0 || followLast)) {
        closeSync(fd);
        follow(part, at, about);
      } else if (about.isDirectory() && (left.length > 0 || isUp(part))) {
        closeSync(directory.fd);
        const shown = part === '..' ? above(directory.shown) : `${directory.shown}${part}/`;
        directory = { fd, about, shown };
        expectOwnersSoFar(about);
      } else {
        closeSync(fd);
        if (left.length > 0) throw failed('ENOTDIR', `${directory.shown}${part}`);
        return expectOwners({ directory, name: part, about });
      }
    }
  } catch (error) {
    closeSync(directory.fd);
    throw error;
  }

  function follow(part: string, at: string, about: Stats): void {
    const link = `${directory.shown}${part}`;
    const to = readlinkSync(at);
    const who = whoMayLead(directory.about, about);
    links += 1;
    if (links > MAX_LINKS) throw refused(link, `leads in a circle, to "${to}"`);
    if (who === 'anybody')
      throw refused(link, `is a link to "${to}", in a directory where others can make one`);
    if (who !== 'us') following.push({ link, to, owner: who, left: left.length });
    left = [...partsOf(to), ...left];
    if (to.startsWith('/')) {
      closeSync(directory.fd);
      directory = openRoot();
    }
    if (partsOf(to).length === 0) expectOwnersSoFar(directory.about);
  }

  /** Of the links whose text has been walked to its end by now. */
  function expectOwnersSoFar(...found: readonly Stats[]): void {
    while (following.length > 0 && following.at(-1)!.left >= left.length) {
      const { link, to, owner } = following.pop()!;
      if (found.some(({ uid }) => uid !== owner))
        throw refused(
          link,
          `is a link to "${to}", which user ${owner}, who can make such a link, does not own`,
        );
    }
  }

  /** A file and its directory, for what is made beside it lies there; of what is not there yet, the directory. */
  function expectOwners(place: FoundPlace): FoundPlace {
    const { about } = place;
    if (about?.isDirectory()) expectOwnersSoFar(about);
    else expectOwnersSoFar(directory.about, ...(about ? [about] : []));
    return place;
  }
}

function refused(link: string, why: string): Error {
  return permanent(
    'LinkRefused',
    `"${link}" ${why}: it is not followed. Remove it, or name in the target's file where it leads`,
  );
}

function openRoot(): OpenDirectory {
  const fd = openSync('/', O_PATH | O_DIRECTORY);
  return { fd, about: fstatSync(fd), shown: '/' };
}

/** Undefined: nothing has this name. */
function openOne(at: string, shown: string): number | undefined {
  try {
    return openSync(at, O_PATH | O_NOFOLLOW);
  } catch (error) {
    const { code = 'EIO' } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') return undefined;
    throw failed(code, shown);
  }
}

function isUp(part: string): boolean {
  return part === '..';
}

function partsOf(path: string): string[] {
  return path.split('/').filter((part) => part !== '' && part !== '.');
}

function above(shown: string): string {
  return shown === '/' ? '/' : shown.replace(/[^/]+\/$/, '');
}

/** As Node says it, with the name that people know. */
function failed(code: string, path: string): Error {
  const what = WHAT[code] ?? 'cannot be opened';
  return Object.assign(new Error(`${code}: ${what}, "${path}"`), { code, path });
}

const WHAT: Readonly<Record<string, string>> = {
  EACCES: 'permission denied',
  ENOENT: 'no such file or directory',
  ENOTDIR: 'not a directory',
};
