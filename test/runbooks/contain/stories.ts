import type { Story } from '../../replay/story.ts';
import { failing, stoppingAt } from '../../replay/strikes.ts';

const because = { input: { reason: 'its rows vanish' } } as const;

export const stories: readonly Story[] = [
  { ...because, ending: 'done' },
  { ...because, ending: 'undone', strike: failing('runtime.stop') },
  { ...because, ending: 'stopped', strike: stoppingAt('runtime.stop') },
  { ...because, ending: 'left', strike: failing('runtime.stop', 'containment.remove') },
];
