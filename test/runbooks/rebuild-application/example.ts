import { createSystems } from '../../../src/activities/index.ts';
import {
  buildItsImage,
  versionIn,
  writeDockerfile,
} from '../../activities/runtime/support/built-image.ts';
import type { Example } from '../../faults/example.ts';

/** Container and image are of one version, whatever happens. Stop and start are played in full by others. */
export const example: Example = {
  runsIn: 'compose',
  input: () => ({}),
  async prepare(world) {
    await buildItsImage(world, '1');
    await createSystems(world, 'test').http.expectReady();
    writeDockerfile(world, '2');
  },
  calls: [
    'evidence.keep',
    'images.keep',
    'images.build',
    'runtime.stop',
    'images.replace',
    'runtime.start',
    'runtime.noteKnownGood',
    'images.prune',
  ],
  played: ['images.build', 'images.replace'],
  undone: {
    by: 'app.prove',
    calls: ['runtime.stop', 'images.goBack', 'runtime.start'],
    chain: ['runtime.stop', 'images.goBack'],
  },
  sample: { 'worker killed': 'images.replace' },
  takenBack: true,
  database: 'kept',
  made(world) {
    const version = versionIn(world);
    if (version === '2') return true;
    return version === '1' ? false : `its container and its image are of versions ${version}`;
  },
};
