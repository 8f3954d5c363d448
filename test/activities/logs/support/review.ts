import { LogFile } from '../../../../src/config/schema/logs.ts';
import { reviewLog } from '../../../../src/activities/logs/review/review.ts';
import type { SqliteTarget } from '../../../../src/config/schema/target.ts';

const [target, file] = process.argv.slice(2) as [string, string];
await reviewLog(JSON.parse(target) as SqliteTarget, LogFile.parse({ file, format: 'python' }));
