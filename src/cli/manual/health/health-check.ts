import { resolve } from 'node:path';
import type { Page } from '../page.ts';
import { slowLooks } from '../troubleshooting/slow-performance.ts';
import { quoted } from '../../../config/text/quoted.ts';

export const healthCheck: Page = {
  parts: (target) => [
    ...slowLooks(target),
    ...target.logs.map(({ file }) => ({
      say: `Look for errors in the last lines of ${file}`,
      type: [`tail -n 100 ${quoted(resolve(target.directory, file))} | grep -c ERROR || true`],
    })),
  ],
};
