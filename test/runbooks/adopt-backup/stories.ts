import type { SqliteTarget } from '../../../src/config/schema/target.ts';
import type { Story } from '../../replay/story.ts';
import { failing, stoppingAt } from '../../replay/strikes.ts';
import { UNMANAGED_COPY, leaveUnmanagedCopy } from '../../support/unmanaged-copy.ts';

const unmanaged = {
  input: { file: UNMANAGED_COPY },
  prepare: (target: SqliteTarget) => void leaveUnmanagedCopy(target),
} as const;

export const stories: readonly Story[] = [
  { ...unmanaged, ending: 'done' },
  { ...unmanaged, ending: 'undone', strike: failing('backups.seal') },
  { ...unmanaged, ending: 'stopped', strike: stoppingAt('backups.verify') },
  { ...unmanaged, ending: 'left', strike: failing('backups.seal', 'backups.discard') },
];
