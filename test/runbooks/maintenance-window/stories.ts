import type { Story } from '../../replay/story.ts';
import { failing, stoppingAt } from '../../replay/strikes.ts';
import { openMaintenance } from './example.ts';

const open = { prepare: openMaintenance } as const;

export const stories: readonly Story[] = [
  { ...open, ending: 'done' },
  { ...open, ending: 'undone', strike: failing('app.prove') },
  { ...open, ending: 'stopped', strike: stoppingAt('dependencies.update') },
  { ...open, ending: 'left', strike: failing('app.prove', 'dependencies.restore') },
];
