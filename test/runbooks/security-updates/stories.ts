import type { Story } from '../../replay/story.ts';
import { failing, stoppingAt } from '../../replay/strikes.ts';
import { nameDependencies } from './example.ts';

const named = { prepare: nameDependencies } as const;

export const stories: readonly Story[] = [
  { ...named, ending: 'done' },
  { ...named, ending: 'undone', strike: failing('app.prove') },
  { ...named, ending: 'stopped', strike: stoppingAt('dependencies.update') },
  { ...named, ending: 'left', strike: failing('app.prove', 'dependencies.restore') },
];
