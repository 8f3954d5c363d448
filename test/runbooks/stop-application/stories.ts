import type { Story } from '../../replay/story.ts';
import { failing, stoppingAt } from '../../replay/strikes.ts';
import { putBehindNginx } from '../../support/nginx.ts';

const input = { input: { until: '4h' } } as const;

export const stories: readonly Story[] = [
  { ...input, ending: 'done', prepare: putBehindNginx },
  {
    ...input,
    ending: 'undone',
    prepare: putBehindNginx,
    strike: failing('lifecycle.recordStopped'),
  },
  { ...input, ending: 'stopped', strike: stoppingAt('lifecycle.recordStopped') },
  {
    ...input,
    ending: 'left',
    strike: failing('lifecycle.recordStopped', 'lifecycle.removeStopped'),
  },
];
