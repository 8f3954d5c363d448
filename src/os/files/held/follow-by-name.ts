import { existsSync, lstatSync, readlinkSync, realpathSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';

/** Where links lead, whoever made them: to compare names, and for a system without /proc, where this is developed and serves nobody. */
export function followByName(file: string): string {
  let real = file;
  // A link whose file is missing has no real path, yet a restore must create that very file.
  for (let hops = 0; isLink(real) && hops < 40; hops += 1)
    real = resolve(dirname(real), readlinkSync(real));
  const directory = dirname(real);
  return existsSync(directory) ? join(realpathSync(directory), basename(real)) : real;
}

function isLink(file: string): boolean {
  return lstatSync(file, { throwIfNoEntry: false })?.isSymbolicLink() ?? false;
}
