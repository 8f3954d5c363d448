import { MEMORY } from '../../activities/runtime/support/limited.ts';
import type { Story } from '../../replay/story.ts';
import { failing, stoppingAt } from '../../replay/strikes.ts';

const inContainer = { runsIn: 'compose', input: { memory: MEMORY.g } } as const;

export const stories: readonly Story[] = [
  { ...inContainer, ending: 'done' },
  { ...inContainer, ending: 'undone', strike: failing('app.prove') },
  { ...inContainer, ending: 'stopped', strike: stoppingAt('app.prove') },
  { ...inContainer, ending: 'left', strike: failing('limits.persist', 'limits.goBack') },
];
