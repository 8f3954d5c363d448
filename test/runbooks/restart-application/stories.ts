import type { Story } from '../../replay/story.ts';
import { failing, stoppingAt } from '../../replay/strikes.ts';
import { putBehindNginx } from '../../support/nginx.ts';

export const stories: readonly Story[] = [
  { ending: 'done', prepare: putBehindNginx },
  { ending: 'undone', prepare: putBehindNginx, strike: failing('app.prove') },
  { ending: 'stopped', strike: stoppingAt('app.prove') },
  { ending: 'left', strike: failing('runtime.start') },
];
