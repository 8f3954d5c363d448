import type { SqliteTarget } from '../../../src/config/schema/target.ts';
import { makeWasteful } from '../../activities/database/support/wasteful.ts';
import type { Story } from '../../replay/story.ts';
import { failing, stoppingAt } from '../../replay/strikes.ts';

const worthwhile = {
  input: { downtime: true },
  prepare: ({ database }: SqliteTarget) => makeWasteful(database.file),
} as const;

export const stories: readonly Story[] = [
  { ...worthwhile, ending: 'done' },
  { ...worthwhile, ending: 'undone', strike: failing('database.compact') },
  { ...worthwhile, ending: 'left', strike: failing('app.prove') },
  { ...worthwhile, ending: 'stopped', strike: stoppingAt('database.checkpoint') },
];
