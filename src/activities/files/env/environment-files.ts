import { resolve } from 'node:path';
import { composeEnvironments, realPathOf } from '../../../config/load/compose-inputs.ts';
import { unitFiles } from '../../../config/load/unit-files.ts';
import type { Target } from '../../../config/schema/target.ts';
import { isEnvFile } from './secret-keys.ts';

/** Which files of a target are read by key: by their names, by its policy, and those that `env_file` of Compose or `EnvironmentFile=` of a unit names. */
export function environmentFiles({
  directory,
  runtime,
  backups,
}: Pick<Target, 'directory' | 'runtime' | 'backups'>): (path: string) => boolean {
  const named =
    runtime.kind === 'compose'
      ? composeEnvironments(directory, runtime)
      : runtime.kind === 'systemd'
        ? new Set(unitFiles(runtime).environments.map(realPathOf))
        : undefined;
  return (path) =>
    isEnvFile(backups.secrets, path) || named?.has(realPathOf(resolve(directory, path))) === true;
}
