import { accessSync, constants } from 'node:fs';
import { join } from 'node:path';

const DIRECTORIES = ['/usr/local/sbin', '/usr/local/bin', '/usr/sbin', '/usr/bin', '/sbin', '/bin'];

/** A program of the system whose files are below `root`. Its path there, as the system itself has it. */
export function findOnSystemPath(program: string, root = '/'): string | undefined {
  return DIRECTORIES.map((directory) => join(directory, program)).find((file) => {
    try {
      accessSync(join(root, file), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}
