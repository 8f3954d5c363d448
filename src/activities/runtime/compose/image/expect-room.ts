import { existsSync } from 'node:fs';
import { expectSpaceFor } from '../../../../os/files/disk-space.ts';
import { docker } from '../docker.ts';
import { CHECK_TIMEOUT } from '../project.ts';

/**
 * Demands space for another image like this one where Docker keeps them: a disk that a build fills stops the application, too.
 * One of a Docker elsewhere is not seen from here. Error: `NoSpace`.
 */
export async function expectRoomFor(image: string): Promise<void> {
  const options = { timeout: CHECK_TIMEOUT };
  const root = (await docker(['info', '--format', '{{.DockerRootDir}}'], options)).trim();
  if (!root.startsWith('/') || !existsSync(root)) return;
  const size = await docker(['image', 'inspect', '--format', '{{.Size}}', image], options);
  expectSpaceFor(Number(size), root);
}
