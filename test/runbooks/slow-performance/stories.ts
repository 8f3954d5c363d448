import type { Story } from '../../replay/story.ts';
import { failing, stoppingAt } from '../../replay/strikes.ts';
import { neverFast } from './example.ts';

const slow = { input: { clear: 'yes', restart: 'yes' }, prepare: neverFast } as const;

export const stories: readonly Story[] = [
  { ...slow, ending: 'done' },
  { ...slow, ending: 'undone', strike: failing('app.prove') },
  { ...slow, ending: 'stopped', strike: stoppingAt('app.clearCache') },
  { ...slow, ending: 'left', strike: failing('runtime.start') },
];
