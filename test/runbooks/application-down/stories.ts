import { rmSync } from 'node:fs';
import { createSystems } from '../../../src/activities/index.ts';
import type { SqliteTarget } from '../../../src/config/schema/target.ts';
import { changeConfiguration } from '../../replay/change-configuration.ts';
import type { Story } from '../../replay/story.ts';
import { failing, stoppingAt } from '../../replay/strikes.ts';
import { failOnce } from './fail-once.ts';

const down = { input: { overwrite: 'yes' }, prepare: breakDown } as const;

export const stories: readonly Story[] = [
  { ...down, ending: 'done' },
  { ...down, ending: 'undone', strike: failing('files.place') },
  { ...down, ending: 'stopped', strike: stoppingAt('runtime.stop') },
  { ...down, ending: 'left', strike: failing('files.place', 'files.putBack') },
];

/** It is down, its next start is in vain, and its configuration was changed since the backup. */
async function breakDown(target: SqliteTarget): Promise<void> {
  // That backup is to be the only one.
  rmSync(target.backups.directory, { recursive: true });
  await changeConfiguration(target);
  await createSystems(target, 'before').runtime.stop();
  target.app.ready = { within: '3s', every: '1s' };
  target.app.restarts = { most: 1, pause: '1s' };
  failOnce(target);
}
