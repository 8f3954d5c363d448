import { createSystems } from '../../../src/activities/index.ts';
import type { SqliteTarget } from '../../../src/config/schema/target.ts';
import { writeStopped } from '../../../src/state/stopped.ts';
import type { Story } from '../../replay/story.ts';
import { failing, stoppingAt } from '../../replay/strikes.ts';
import { putBehindNginx } from '../../support/nginx.ts';

const down = { prepare: stopIt } as const;

export const stories: readonly Story[] = [
  { ending: 'done', prepare: closeIt },
  { ...down, ending: 'undone', strike: failing('app.prove') },
  { ...down, ending: 'stopped', strike: stoppingAt('app.prove') },
  { ...down, ending: 'left', strike: failing('app.prove', 'runtime.stop') },
];

/** On purpose, and behind a closed proxy. */
async function closeIt(target: SqliteTarget): Promise<void> {
  await putBehindNginx(target);
  await createSystems(target, 'before').proxy.close();
  await stopIt(target);
}

/** On purpose. */
async function stopIt(target: SqliteTarget): Promise<void> {
  await createSystems(target, 'before').runtime.stop();
  writeStopped(target, {
    by: 'ops-1',
    because: 'the disk is changed',
    at: new Date().toISOString(),
    run: 'before',
  });
}
