import { createHash } from 'node:crypto';
import { closeSync, constants, fstatSync, readFileSync, readlinkSync } from 'node:fs';
import { resolve } from 'node:path';
import { composeFiles, environmentFiles } from '../../../config/load/compose-files.ts';
import { unitFiles } from '../../../config/load/unit-files.ts';
import type { Target } from '../../../config/schema/target.ts';
import { openPlain } from '../../../os/files/held/open-plain.ts';
import { withHeld } from '../../../os/files/held/with-held.ts';

/** A file of configuration is smaller: what is larger is none, and is not read. */
const LARGEST = 4 * 2 ** 20;

/** SHA-256 of each file that says what the application is made of, by its path. One that is not there is left out. */
export function hashesOfConfiguration({
  directory,
  runtime,
  backups,
}: Pick<Target, 'directory' | 'runtime' | 'backups'>): Record<string, string> {
  const own = ['.env', ...backups.daily.files].map((file) => resolve(directory, file));
  const files =
    runtime.kind === 'compose'
      ? [...composeFiles(directory, runtime).all, ...environmentFiles(directory, runtime)]
      : runtime.kind === 'systemd'
        ? [...own, ...Object.values(unitFiles(runtime)).flat()]
        : own;
  return Object.fromEntries(
    [...new Set(files)].flatMap((file) => {
      const hash = hashOf(file);
      return hash === undefined ? [] : [[file, hash]];
    }),
  );
}

/** Of a link: of where it leads, which is not opened. */
function hashOf(file: string): string | undefined {
  let fd: number;
  try {
    fd = withHeld((held) => openPlain(held.itself(file), constants.O_RDONLY));
  } catch {
    return linkDigest(file);
  }
  try {
    const about = fstatSync(fd);
    return about.isFile() && about.size <= LARGEST ? digest(readFileSync(fd)) : undefined;
  } finally {
    closeSync(fd);
  }
}

/** Undefined: it is no link, or lies behind one that is not followed. */
function linkDigest(file: string): string | undefined {
  try {
    return digest(withHeld((held) => readlinkSync(held.itself(file))));
  } catch {
    return undefined;
  }
}

function digest(content: string | Buffer): string {
  return createHash('sha256').update(content).digest('hex');
}
