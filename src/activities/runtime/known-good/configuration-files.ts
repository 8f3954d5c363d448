import { createHash } from 'node:crypto';
import { closeSync, constants, fstatSync, openSync, readFileSync, readlinkSync } from 'node:fs';
import { resolve } from 'node:path';
import { composeFiles, environmentFiles } from '../../../config/load/compose-files.ts';
import { unitFiles } from '../../../config/load/unit-files.ts';
import type { Target } from '../../../config/schema/target.ts';

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
    fd = openSync(file, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  } catch (error) {
    return (error as { code?: string }).code === 'ELOOP' ? digest(readlinkSync(file)) : undefined;
  }
  try {
    const about = fstatSync(fd);
    return about.isFile() && about.size <= LARGEST ? digest(readFileSync(fd)) : undefined;
  } finally {
    closeSync(fd);
  }
}

function digest(content: string | Buffer): string {
  return createHash('sha256').update(content).digest('hex');
}
