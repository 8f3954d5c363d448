import type { Story } from '../../replay/story.ts';
import { failing, stoppingAt } from '../../replay/strikes.ts';

export const stories: readonly Story[] = [
  { ending: 'done' },
  { ending: 'undone', strike: failing('backups.verify') },
  { ending: 'stopped', strike: stoppingAt('backups.verify') },
  { ending: 'left', strike: failing('backups.verify', 'backups.discard') },
];
