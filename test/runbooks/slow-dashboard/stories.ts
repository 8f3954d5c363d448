import type { Story } from '../../replay/story.ts';
import { failing, stoppingAt } from '../../replay/strikes.ts';
import { logSlow } from './example.ts';

const slow = { input: { create: 'yes' }, prepare: logSlow } as const;

export const stories: readonly Story[] = [
  { ...slow, ending: 'done' },
  { ...slow, ending: 'undone', strike: failing('database.createIndex') },
  { ...slow, ending: 'left', strike: failing('database.createIndex', 'database.dropIndex') },
  { ...slow, ending: 'stopped', strike: stoppingAt('database.createIndex') },
];
