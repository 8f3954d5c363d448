import type { SqliteTarget } from '../../../src/config/schema/target.ts';
import { BACKUP } from '../../activities/database/support/scenarios.ts';
import { changeConfiguration } from '../../replay/change-configuration.ts';
import type { Story } from '../../replay/story.ts';
import { failing, stoppingAt } from '../../replay/strikes.ts';
import { REPLACED_BY, replaceEverything } from '../../support/replaced.ts';

const replaced = { input: { run: REPLACED_BY }, prepare: replace } as const;

export const stories: readonly Story[] = [
  { ...replaced, ending: 'done' },
  { ...replaced, ending: 'undone', strike: failing('app.prove') },
  { ...replaced, ending: 'stopped', strike: stoppingAt('files.place') },
  { ...replaced, ending: 'left', strike: failing('app.prove', 'files.putBack') },
];

async function replace(target: SqliteTarget): Promise<void> {
  await changeConfiguration(target);
  await replaceEverything(target, BACKUP);
}
