import { accessSync, constants, statSync } from 'node:fs';
import { delimiter, join, resolve } from 'node:path';
import { environment } from '../../config/environment.ts';

/** The absolute path of an executable, found as a shell would find it. */
export function findOnPath(name: string): string | undefined {
  return environment()
    .path.split(delimiter)
    .filter((directory) => directory !== '')
    .map((directory) => resolve(join(directory, name)))
    .find(isExecutable);
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return statSync(file).isFile();
  } catch {
    return false;
  }
}
