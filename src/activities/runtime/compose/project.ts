import { existsSync } from 'node:fs';
import { composeFiles, environmentFiles } from '../../../config/load/compose-files.ts';
import type { ComposeRuntime } from '../../../config/schema/runtime.ts';
import { permanent } from '../../../os/failure.ts';
import { compose, findCompose } from './docker.ts';

/** For what only reads, or acts at once. */
export const CHECK_TIMEOUT = 30_000;

/** The Compose project of a target: its command line, as its people would type it in the target's directory. */
export type OnProject = (args: readonly string[], timeout?: number) => Promise<string>;

/** Errors of its calls: `ComposeFileMissing`, and those of Docker. */
export function onProject(directory: string, runtime: ComposeRuntime): OnProject {
  return async (args, timeout = CHECK_TIMEOUT) =>
    compose([...(await flagsOf(directory, runtime)), ...args], { timeout, cwd: directory });
}

/** What stands before each command. Files are looked for at each call: a recovery may bring them. */
async function flagsOf(directory: string, runtime: ComposeRuntime): Promise<string[]> {
  const { project, profiles, envFile } = runtime;
  const { named, all } = composeFiles(directory, runtime);
  const environments = envFile === undefined ? [] : environmentFiles(directory, runtime);
  const missing = [...all, ...environments].find((file) => !existsSync(file));
  // Compose would go up to the directories above, and take another project for this one.
  if (missing !== undefined)
    throw permanent('ComposeFileMissing', `Cannot find the compose file "${missing}"`);
  if (environments.length > 1 && (await findCompose()).major === 1)
    throw permanent(
      'InvalidInput',
      'Compose 1.29 takes one file as "runtime.envFile": join them, or install Compose 2',
    );
  return [
    ...named.flatMap((file) => ['-f', file]),
    ...(project === undefined ? [] : ['-p', project]),
    ...profiles.flatMap((profile) => ['--profile', profile]),
    ...environments.flatMap((file) => ['--env-file', file]),
  ];
}
