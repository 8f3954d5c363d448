import type { Story } from '../../replay/story.ts';
import { stoppingAt } from '../../replay/strikes.ts';

export const stories: readonly Story[] = [
  { ending: 'done' },
  { ending: 'stopped', strike: stoppingAt('database.awaitUnlocked') },
];
