import type { Story } from '../../replay/story.ts';
import { stoppingAt } from '../../replay/strikes.ts';

const afterDeath = { dead: 'database.keep' } as const;

export const stories: readonly Story[] = [
  { ...afterDeath, ending: 'done' },
  { ...afterDeath, ending: 'stopped', strike: stoppingAt('database.examine') },
];
