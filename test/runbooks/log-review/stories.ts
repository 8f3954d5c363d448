import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { LogFile } from '../../../src/config/schema/logs.ts';
import type { SqliteTarget } from '../../../src/config/schema/target.ts';
import type { Story } from '../../replay/story.ts';

export const stories: readonly Story[] = [{ ending: 'done', prepare: writeLog }];

/** A log with an error, and one that is empty. */
function writeLog(target: SqliteTarget): void {
  const now = new Date().toISOString();
  const file = join(target.directory, 'shop.log');
  const access = join(target.directory, 'access.log');
  writeFileSync(file, `${now} ERROR shop: Export 7 failed\n${now} INFO shop: Export 8 done\n`);
  writeFileSync(access, '');
  target.logs = [
    LogFile.parse({ file, format: 'python' }),
    LogFile.parse({ file: access, format: 'access' }),
  ];
}
