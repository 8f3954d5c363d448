import { reviewLog } from '../../src/activities/logs/review/review.ts';
import { LogFile } from '../../src/config/schema/logs.ts';
import type { Target } from '../../src/config/schema/target.ts';

/** Reviews a log in a process of its own, and prints what that took: seconds, and bytes of memory at its end. */
const [target, file] = process.argv.slice(2) as [string, string];
const begun = performance.now();
const before = process.cpuUsage();
const { errors, warnings, read } = await reviewLog(
  JSON.parse(target) as Target,
  LogFile.parse({ file, format: 'python' }),
);
const { user, system } = process.cpuUsage(before);
const wall = (performance.now() - begun) / 1000;
const memory = process.memoryUsage.rss();
process.stdout.write(
  JSON.stringify({ wall, cpu: (user + system) / 1e6, errors, warnings, read, memory }),
);
