import type { SqliteTarget } from '../../../src/config/schema/target.ts';
import { damageDatabase } from '../../../src/dev/demo/sample-database.ts';
import type { Story } from '../../replay/story.ts';
import { failing, stoppingAt } from '../../replay/strikes.ts';

const damaged = {
  input: { overwrite: 'yes' },
  prepare: ({ database }: SqliteTarget) => damageDatabase(database.file, 20),
} as const;

export const stories: readonly Story[] = [
  { ...damaged, ending: 'done' },
  { ...damaged, ending: 'undone', strike: failing('runtime.freeze') },
  { ...damaged, ending: 'stopped', strike: stoppingAt('backups.quarantine') },
  { ...damaged, ending: 'left', strike: failing('runtime.freeze', 'runtime.thaw') },
];
