import type { Story } from '../../replay/story.ts';
import { stoppingAt } from '../../replay/strikes.ts';
import { neverFast } from '../slow-performance/example.ts';

const slow = { input: { clear: 'yes', restart: 'no' }, prepare: neverFast } as const;

export const stories: readonly Story[] = [
  { ...slow, ending: 'done' },
  { ...slow, ending: 'stopped', strike: stoppingAt('database.analyse') },
];
