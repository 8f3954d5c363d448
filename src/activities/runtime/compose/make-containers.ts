import { permanent } from '../../../os/failure.ts';
import { resolveConfiguration } from './compare/configuration.ts';
import { inspectImage } from './compare/inspected.ts';
import { findCompose } from './docker.ts';
import type { OnProject } from './project.ts';

export const UP_WITHIN = 120_000;

/** Makes containers of services as Compose resolves them now, and starts them. Error: `ImageMissing`. */
export async function makeContainers(
  call: OnProject,
  services: readonly string[],
  more: readonly string[] = [],
): Promise<void> {
  await up(call, services, ['-d', ...more]);
}

/** The same from their beginning, and leaves them down. One that runs is ended: who wants it to end well stops it before. */
export async function remakeContainers(
  call: OnProject,
  services: readonly string[],
): Promise<void> {
  await up(call, services, ['--no-start', '--force-recreate']);
}

async function up(
  call: OnProject,
  services: readonly string[],
  how: readonly string[],
): Promise<void> {
  const command = ['up', '--no-build', '--no-deps', ...how];
  // Pulling is an operator's act: a start that waits for a registry is a longer outage.
  if ((await findCompose()).major === 2) command.push('--pull', 'never');
  else await expectImages(call, services);
  await call([...command, ...services], UP_WITHIN);
}

/** 1.29 has no flag that keeps it from pulling: an image that is not here is found missing before. */
async function expectImages(call: OnProject, services: readonly string[]): Promise<void> {
  const { services: known } = await resolveConfiguration(call);
  for (const service of services) {
    const image = known[service]?.image;
    // One that is built has none, and `--no-build` refuses to build it.
    if (image !== undefined && !(await inspectImage(image)))
      throw permanent(
        'ImageMissing',
        `Image "${image}" of service "${service}" is not on this host: pull it first`,
      );
  }
}
