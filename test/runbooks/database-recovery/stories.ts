import { damageDatabase } from '../../../src/dev/demo/sample-database.ts';
import type { Story } from '../../replay/story.ts';
import { failing, failingOnce, stoppingAt, waiting } from '../../replay/strikes.ts';

const latest = { input: { backup: 'latest' } } as const;

export const stories: readonly Story[] = [
  { ...latest, ending: 'done' },
  { ...latest, ending: 'undone', strike: failing('app.prove') },
  { ...latest, ending: 'stopped', strike: stoppingAt('database.swap') },
  {
    ...latest,
    ending: 'left',
    prepare: ({ database }) => damageDatabase(database.file, 20),
    strike: failing('app.prove'),
  },
  {
    ...latest,
    ending: 'decided',
    decisions: { wait: '5m', waitWhileDown: '0s' },
    strike: failingOnce('database.stage'),
    answer: async (handle) => {
      await waiting(handle, 'stage');
      await handle.executeUpdate('decide', {
        args: [{ step: 'stage', attempt: 1, choice: 'retry', by: 'ops-2', reason: 'space made' }],
      });
    },
  },
];
