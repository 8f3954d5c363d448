import type { Story } from '../../replay/story.ts';
import { failing, stoppingAt } from '../../replay/strikes.ts';

const high = { input: { clear: 'yes', restart: 'yes' } } as const;

export const stories: readonly Story[] = [
  { ...high, ending: 'done' },
  { ...high, ending: 'undone', strike: failing('app.prove') },
  { ...high, ending: 'stopped', strike: stoppingAt('app.clearCache') },
  { ...high, ending: 'left', strike: failing('runtime.start') },
];
