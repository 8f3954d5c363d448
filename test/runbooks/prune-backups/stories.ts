import type { Story } from '../../replay/story.ts';
import { failing, stoppingAt } from '../../replay/strikes.ts';

export const stories: readonly Story[] = [
  { ending: 'done' },
  { ending: 'undone', strike: failing('backups.prune') },
  { ending: 'stopped', strike: stoppingAt('backups.planPrune') },
  { ending: 'left', strike: failing('backups.prune', 'backups.finishPrune') },
];
