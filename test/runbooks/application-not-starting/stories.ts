import type { Story } from '../../replay/story.ts';
import { failing, stoppingAt } from '../../replay/strikes.ts';
import { lockOut } from './example.ts';

const lockedOut = { input: { repair: 'yes' }, prepare: lockOut } as const;

export const stories: readonly Story[] = [
  { ...lockedOut, ending: 'done' },
  { ...lockedOut, ending: 'undone', strike: failing('runtime.start') },
  { ...lockedOut, ending: 'stopped', strike: stoppingAt('troubleshoot.permitDatabase') },
  {
    ...lockedOut,
    ending: 'left',
    strike: failing('runtime.start', 'troubleshoot.unpermitDatabase'),
  },
];
