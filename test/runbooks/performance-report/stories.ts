import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { LogFile } from '../../../src/config/schema/logs.ts';
import type { SqliteTarget } from '../../../src/config/schema/target.ts';
import { keepWeeks } from '../../report/support/measured-weeks.ts';
import type { Story } from '../../replay/story.ts';

export const stories: readonly Story[] = [{ ending: 'done', prepare: measure }];

/** A day of figures, and a log that nobody has reviewed. */
function measure(target: SqliteTarget): void {
  const file = join(target.directory, 'shop.log');
  writeFileSync(file, '');
  target.logs = [LogFile.parse({ file, format: 'python' })];
  const series = { 'response.p95': { unit: 'seconds', value: () => 0.2 } } as const;
  keepWeeks(target.state, series, Date.now(), 1);
}
