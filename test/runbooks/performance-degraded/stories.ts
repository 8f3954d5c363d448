import type { Story } from '../../replay/story.ts';
import { stoppingAt } from '../../replay/strikes.ts';

const slow = { input: { clear: 'yes' } } as const;

export const stories: readonly Story[] = [
  { ...slow, ending: 'done' },
  { ...slow, ending: 'stopped', strike: stoppingAt('database.analyse') },
];
