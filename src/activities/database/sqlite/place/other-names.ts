import { lstatSync, readdirSync, readlinkSync, statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { isSameFile, sizeOf } from '../../../../os/files/file-facts.ts';
import { SIDECARS } from '../../../../os/files/sqlite-sidecars.ts';
import { isEmptySidecar } from './empty-sidecar.ts';
import { isOurName } from './opened-elsewhere.ts';

/** A sidecar that holds something, beside another name of the database. Its index is none: it can be made again. */
export interface SidecarElsewhere {
  readonly name: string;
  readonly sidecar: string;
}

/**
 * What lies beside other names of the database, while perhaps nobody has it open: those of the symbolic links that lead from
 * `file` to `live`, and hard links in the directory of `live`.
 */
export function sidecarsElsewhere(file: string, live: string): SidecarElsewhere[] {
  return [...linksTo(file, live), ...hardLinksOf(live)].flatMap((name) =>
    SIDECARS.filter((suffix) => suffix !== '-shm')
      .map((suffix) => `${name}${suffix}`)
      .filter(
        (sidecar) => sizeOf(sidecar) > 0 && !isSameFile(sidecar, sidecarOf(live, name, sidecar)),
      )
      .filter((sidecar) => !isEmptySidecar(sidecar))
      .map((sidecar) => ({ name, sidecar })),
  );
}

/** How many hard links of the database are nowhere to be found in its directory: they lie elsewhere on its disk. */
export function unknownHardLinks(live: string): number {
  const found = statSync(live, { throwIfNoEntry: false });
  if (!found?.isFile() || found.nlink === 1) return 0;
  return found.nlink - namesOf(live).length;
}

function hardLinksOf(live: string): string[] {
  const found = statSync(live, { throwIfNoEntry: false });
  if (!found?.isFile() || found.nlink === 1) return [];
  return namesOf(live).filter((name) => name !== live && !isOurName(name, live));
}

/** In its directory, its own among them, and those that a reader of ours has in a directory below. */
function namesOf(live: string): string[] {
  const directory = dirname(live);
  return readdirSync(directory, { withFileTypes: true }).flatMap((entry) => {
    const name = join(directory, entry.name);
    if (entry.isFile()) return isSameFile(name, live) ? [name] : [];
    const within = join(name, live.slice(directory.length + 1));
    return entry.isDirectory() && isOurName(within, live) && isSameFile(within, live)
      ? [within]
      : [];
  });
}

/** Every link on the way, without the file at its end. */
function linksTo(file: string, live: string): string[] {
  const links: string[] = [];
  for (let name = resolve(file); name !== live && links.length < 40;) {
    const link = lstatSync(name, { throwIfNoEntry: false });
    if (!link?.isSymbolicLink()) break;
    links.push(name);
    name = resolve(dirname(name), readlinkSync(name));
  }
  return links;
}

/** A link may stand in the directory of its file, under another name. */
function sidecarOf(live: string, name: string, sidecar: string): string {
  return `${live}${sidecar.slice(name.length)}`;
}
