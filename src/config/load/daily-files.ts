import { existsSync } from 'node:fs';
import { relative, resolve, sep } from 'node:path';
import type { Target } from '../schema/target.ts';
import { composeFiles } from './compose-files.ts';

type Places = Pick<Target, 'directory' | 'runtime' | 'backups'>;

/**
 * What goes with each backup besides the database, relative to the target's directory. Where the target names one of its Compose files, the
 * override that Compose merges with it by itself belongs to it: without that, a recovery would bring another application back.
 */
export function dailyFiles({ directory, runtime, backups }: Places): readonly string[] {
  const { files } = backups.daily;
  if (runtime.kind !== 'compose') return files;
  const { all, override } = composeFiles(directory, runtime);
  if (override === undefined || !existsSync(override)) return files;
  const named = files.map((file) => resolve(directory, file));
  const isNamed = (file: string) =>
    named.some((one) => file === one || file.startsWith(`${one}${sep}`));
  const belongs = all.some((file) => file !== override && isNamed(file));
  return belongs && !isNamed(override) ? [...files, relative(directory, override)] : files;
}
