import { basename, dirname } from 'node:path';
import { identityOf } from '../../../../os/identity-of.ts';
import { hasOpen, type OpenFile, openFilesOf } from '../../../../os/process/open-files.ts';
import { processIds } from '../../../../os/process/proc.ts';
import { programOf } from '../../../../os/process/program-of.ts';
import { SIDECARS } from '../../../../os/files/sqlite-sidecars.ts';

/** A process that writes to the database, and keeps its log or its journal where nobody looks for it. */
export interface OpenedElsewhere {
  readonly pid: number;
  readonly program: string;
  /** As it calls the database. */
  readonly name: string;
  /** As it calls the sidecar that is not ours; undefined: it has none yet, and would put it beside `name`. */
  readonly sidecar?: string;
  /** The sidecar was deleted while it was open. */
  readonly deleted: boolean;
}

/**
 * Who has the file `live` open, by device and inode, so that its sidecars are not those beside `live`. A container into which the
 * file is mounted by itself, a chroot, a hard link, a symbolic link that an old SQLite did not resolve: all are names in another
 * directory, or other names in the same one. Who only reads harms nobody.
 */
export function openedElsewhere(live: string): OpenedElsewhere[] {
  const identity = identityOf(live);
  if (identity === undefined) return [];
  return processIds()
    .filter((pid) => hasOpen(pid, new Set([identity])))
    .flatMap((pid) => {
      const open = openFilesOf(pid);
      const mains = open.filter((one) => one.identity === identity && one.writable);
      const found = mains
        .filter(({ path }) => !isOurName(path, live))
        .map((main) => sidecarElsewhere(main, open, live) ?? nameElsewhere(main, live))
        .find((one) => one !== undefined);
      const linked = mains.length > 0 ? linkedSidecar(open, identity, live) : undefined;
      const one = found ?? linked;
      return one ? [{ pid: Number(pid), program: programOf(pid), ...one }] : [];
    });
}

type Elsewhere = Omit<OpenedElsewhere, 'pid' | 'program'>;

/** What it has open as its log is another file than the one beside `live`. */
function sidecarElsewhere(
  main: OpenFile,
  open: readonly OpenFile[],
  live: string,
): Elsewhere | undefined {
  const sidecar = open.find(
    (one) =>
      isSidecarOf(one, main.name) && one.identity !== identityOf(`${live}${suffixOf(one.name)}`),
  );
  return (
    sidecar && {
      name: main.name,
      sidecar: sidecar.name,
      deleted: identityOf(sidecar.path) === undefined,
    }
  );
}

/** It has no sidecar open now: it would make it in another directory, or under another name. */
function nameElsewhere({ name, path }: OpenFile, live: string): Elsewhere | undefined {
  return isNameOf(path, live) ? undefined : { name, deleted: false };
}

/** Whether it is the live name, wherever its directory is mounted. A directory that cannot be seen suggests nothing else. */
export function isNameOf(path: string, live: string): boolean {
  const directory = identityOf(dirname(path));
  const same = directory === undefined || directory === identityOf(dirname(live));
  return same && basename(path) === basename(live);
}

/** Its name without the suffix is the database, by a link that its SQLite did not resolve. */
function linkedSidecar(
  open: readonly OpenFile[],
  identity: string,
  live: string,
): Elsewhere | undefined {
  for (const one of open) {
    const suffix = suffixOf(one.name);
    if (suffix === undefined || one.identity === identityOf(`${live}${suffix}`)) continue;
    const main = one.path.slice(0, -suffix.length);
    if (isOurName(main, live) || identityOf(main) !== identity) continue;
    return { name: one.name.slice(0, -suffix.length), sidecar: one.name, deleted: false };
  }
  return undefined;
}

function isSidecarOf({ name }: OpenFile, main: string): boolean {
  return SIDECARS.some((suffix) => name === `${main}${suffix}`);
}

function suffixOf(name: string): string | undefined {
  return SIDECARS.find((suffix) => name.endsWith(suffix));
}

/** A second name that we give, and look into: the kept, the undone, the staged one, and the link of a reader of ours. */
export function isOurName(path: string, live: string): boolean {
  const own = basename(live);
  return (
    ['.pre-', '.undone-', '.staged-'].some((mark) => basename(path).startsWith(`${own}${mark}`)) ||
    basename(dirname(path)).startsWith(`${own}.probe-`)
  );
}
