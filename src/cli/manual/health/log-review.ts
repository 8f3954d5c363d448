import { resolve } from 'node:path';
import type { Page } from '../page.ts';
import { quoted } from '../../../config/text/quoted.ts';

/** `grep -c ERROR` counts the whole file, not a day of it. */
export const logReview: Page = {
  parts: ({ logs, directory }) =>
    logs.map(({ file }) => {
      const path = quoted(resolve(directory, file));
      return {
        say: `${file}: the errors of today by their stamp, and the five messages that are most frequent, numbers left out`,
        type: [
          `grep "$(date -u +%Y-%m-%d)" ${path} | grep -c ERROR || true`,
          `grep "$(date -u +%Y-%m-%d)" ${path} | grep ERROR | sed 's/^[^A-Z]*//; s/[0-9][0-9]*/N/g' | sort | uniq -c | sort -rn | head -n 5`,
        ],
      };
    }),
};
