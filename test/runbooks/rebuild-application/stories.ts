import { buildItsImage, writeDockerfile } from '../../activities/runtime/support/built-image.ts';
import type { SqliteTarget } from '../../../src/config/schema/target.ts';
import type { Story } from '../../replay/story.ts';
import { failing, stoppingAt } from '../../replay/strikes.ts';

const changed = {
  runsIn: 'compose',
  async prepare(target: SqliteTarget) {
    await buildItsImage(target, '1');
    writeDockerfile(target, '2');
  },
} as const;

export const stories: readonly Story[] = [
  { ...changed, ending: 'done' },
  { ...changed, ending: 'undone', strike: failing('app.prove') },
  { ...changed, ending: 'stopped', strike: stoppingAt('app.prove') },
  { ...changed, ending: 'left', strike: failing('images.replace', 'images.goBack') },
];
