import type { Page } from '../page.ts';
import { named, proven } from '../parts/database.ts';
import { quoted } from '../parts/quoted.ts';

export const adoptBackup: Page = {
  parts: (target) => [
    named(target),
    {
      say: 'Name the copy that somebody took; unpack one that ends in .gz first, by gunzip -k',
      type: [`copy=${quoted(`${target.backups.directory}/<the copy>`)}`],
    },
    proven(target, '"$copy"'),
    {
      say: 'It becomes a backup only by its manifest, which no command writes: until a worker is back, note its name and sha256',
      type: ['sha256sum "$copy"'],
    },
  ],
};
