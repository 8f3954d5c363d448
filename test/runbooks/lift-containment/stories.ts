import { createSystems } from '../../../src/activities/index.ts';
import type { SqliteTarget } from '../../../src/config/schema/target.ts';
import type { Story } from '../../replay/story.ts';
import { failing, stoppingAt } from '../../replay/strikes.ts';

const contained = { prepare: containIt } as const;

export const stories: readonly Story[] = [
  { ...contained, ending: 'done' },
  { ...contained, ending: 'undone', strike: failing('app.prove') },
  { ...contained, ending: 'stopped', strike: stoppingAt('app.prove') },
  { ...contained, ending: 'left', strike: failing('app.prove', 'runtime.stop') },
];

async function containIt(target: SqliteTarget): Promise<void> {
  const { containment, runtime } = createSystems(target, 'before');
  await containment.record({
    by: 'ops-1',
    since: new Date().toISOString(),
    reason: 'its rows vanish',
    run: 'before',
    ran: true,
  });
  await runtime.stop();
}
