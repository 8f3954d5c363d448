import type { Story } from '../../replay/story.ts';
import { failing, stoppingAt } from '../../replay/strikes.ts';

export const stories: readonly Story[] = [
  { ending: 'done' },
  { ending: 'undone', strike: failing('app.prove') },
  { ending: 'stopped', strike: stoppingAt('app.prove') },
  { ending: 'left', strike: failing('runtime.start') },
];
