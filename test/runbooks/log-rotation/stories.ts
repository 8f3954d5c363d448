import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { LogFile } from '../../../src/config/schema/logs.ts';
import type { SqliteTarget } from '../../../src/config/schema/target.ts';
import type { Story } from '../../replay/story.ts';
import { stoppingAt } from '../../replay/strikes.ts';

const due = { prepare: growLog } as const;

export const stories: readonly Story[] = [
  { ...due, ending: 'done' },
  { ...due, ending: 'stopped', strike: stoppingAt('records.prune') },
];

/** A log that is due. */
function growLog(target: SqliteTarget): void {
  const file = join(target.directory, 'shop.log');
  writeFileSync(file, 'a line\n'.repeat(200));
  target.logs = [LogFile.parse({ file, rotate: { size: '1KB' } })];
}
