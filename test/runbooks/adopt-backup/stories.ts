import type { Target } from '../../../src/config/schema/target.ts';
import type { Story } from '../../replay/story.ts';
import { failing, stoppingAt } from '../../replay/strikes.ts';
import { FOREIGN_COPY, leaveForeignCopy } from '../../support/unmanaged-copy.ts';

const foreign = {
  input: { file: FOREIGN_COPY },
  prepare: (target: Target) => void leaveForeignCopy(target),
} as const;

export const stories: readonly Story[] = [
  { ...foreign, ending: 'done' },
  { ...foreign, ending: 'undone', strike: failing('backups.seal') },
  { ...foreign, ending: 'stopped', strike: stoppingAt('backups.verify') },
  { ...foreign, ending: 'left', strike: failing('backups.seal', 'backups.discard') },
];
