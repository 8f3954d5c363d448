import { dailyFiles } from '../../../config/load/daily-files.ts';
import type { Page } from '../page.ts';
import { archived, copied } from './daily-backup.ts';

export const weeklyBackup: Page = {
  parts: (target) => {
    const { weekly } = target.backups;
    const files = [...dailyFiles(target), ...(weekly?.files ?? [])];
    return [...copied(target), ...archived(target, files)];
  },
};
