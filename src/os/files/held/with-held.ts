import { closeSync, lstatSync, realpathSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { findPlace, type OpenDirectory } from './find-place.ts';
import { followByName } from './follow-by-name.ts';

/** Names files by handles on the directories in which they lie. What it answers is good only while `withHeld` lasts. */
export interface Held {
  /**
   * The file that `path` leads to, as `/proc/self/fd/<directory>/<name>`: whoever renames, opens or links that acts in the directory
   * that was found, whatever its name stands for by now. The last part is no link, and may become one: open it with `O_NOFOLLOW`,
   * or by `openPlain`. Errors: `LinkRefused`, ENOENT when its directory is not there.
   */
  (path: string): string;
  /** The same of the very name, be it a link. */
  itself(path: string): string;
  /** As people know a file that was named by a handle. */
  shown(place: string): string;
}

/**
 * Lends handles on directories that another user can write, and closes them. Errors name files as people know them.
 *
 * Node has no openat; Linux has the same by /proc. Elsewhere, where this is developed and serves nobody, files go by their real
 * paths, and races are not guarded against.
 */
export function withHeld<Result>(use: (held: Held) => Result): Result {
  const { held, close } = hold();
  let result: Result;
  try {
    result = use(held);
  } catch (error) {
    const told = named(error, held);
    close();
    throw told;
  }
  if (!(result instanceof Promise)) {
    close();
    return result;
  }
  const later = result.catch((error: unknown) => {
    throw named(error, held);
  });
  return later.finally(close) as Result;
}

/** The same for work that has no one end: whoever calls closes it, and may go on with it. */
export function hold(): { readonly held: Held; readonly close: () => void } {
  const open = new Map<string, OpenDirectory>();
  const byName = new Map<string, OpenDirectory>();
  return {
    held: process.platform === 'linux' ? heldIn(open, byName) : byRealPath(),
    close() {
      for (const { fd } of open.values()) closeSync(fd);
      open.clear();
      byName.clear();
    },
  };
}

/** `byName`: a directory as it was named is walked to once, and stays what it was then. */
function heldIn(open: Map<string, OpenDirectory>, byName: Map<string, OpenDirectory>): Held {
  function place(path: string, followLast: boolean): string {
    const directory = byName.get(dirname(path)) ?? opened(dirname(path), path);
    const at = join(pathOf(directory), basename(path));
    if (!followLast || !lstatSync(at, { throwIfNoEntry: false })?.isSymbolicLink()) return at;
    const { directory: other, name } = findPlace(path, { followLast });
    open.set(pathOf(other), other);
    return name === '' ? pathOf(other) : join(pathOf(other), name);
  }

  function opened(name: string, path: string): OpenDirectory {
    const { directory } = findPlace(path, { followLast: false });
    open.set(pathOf(directory), directory);
    byName.set(name, directory);
    return directory;
  }

  const absolute = (path: string) => (isHeld(path) ? path : resolve(path));
  return Object.assign((path: string) => (isHeld(path) ? path : place(absolute(path), true)), {
    itself: (path: string) => (isHeld(path) ? path : place(absolute(path), false)),
    shown: (text: string) =>
      text.replaceAll(/\/proc\/self\/fd\/\d+(?:\/|\b)/g, (found) => {
        const directory = open.get(found.replace(/\/$/, ''));
        if (!directory) return found;
        return found.endsWith('/') ? directory.shown : directory.shown.replace(/(.)\/$/, '$1');
      }),
  });
}

function pathOf({ fd }: OpenDirectory): string {
  return `/proc/self/fd/${fd}`;
}

/** What is made out of a place, such as its name with an ending, is one. */
export function isHeld(path: string): boolean {
  return path.startsWith('/proc/self/fd/') || path.startsWith(`/proc/${process.pid}/fd/`);
}

function byRealPath(): Held {
  const real = (path: string) => join(realpathSync(dirname(resolve(path))), basename(path));
  return Object.assign((path: string) => followByName(path), {
    itself: real,
    shown: (text: string) => text,
  });
}

function named(error: unknown, held: Held): unknown {
  if (!(error instanceof Error)) return error;
  error.message = held.shown(error.message);
  const { path, dest } = error as { path?: unknown; dest?: unknown };
  if (typeof path === 'string') Object.assign(error, { path: held.shown(path) });
  if (typeof dest === 'string') Object.assign(error, { dest: held.shown(dest) });
  return error;
}
