import type { Page } from '../page.ts';
import { archived, copied } from './daily-backup.ts';

export const weeklyBackup: Page = {
  parts: (target) => {
    const { daily, weekly } = target.backups;
    return [...copied(target), ...archived(target, [...daily.files, ...(weekly?.files ?? [])])];
  },
};
