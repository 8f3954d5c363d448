import { BACKUP } from '../../activities/database/support/scenarios.ts';
import { changeConfiguration } from '../../replay/change-configuration.ts';
import type { Story } from '../../replay/story.ts';
import { failing, stoppingAt } from '../../replay/strikes.ts';

const changed = { input: { backup: BACKUP }, prepare: changeConfiguration } as const;

export const stories: readonly Story[] = [
  { ...changed, ending: 'done' },
  { ...changed, ending: 'undone', strike: failing('redis.ping') },
  { ...changed, ending: 'stopped', strike: stoppingAt('files.place') },
  { ...changed, ending: 'left', strike: failing('redis.ping', 'files.putBack') },
];
