import { personalDataIn } from '../../src/activities/security/checklist/personal-data.ts';
import { LogFile } from '../../src/config/schema/logs.ts';
import type { Target } from '../../src/config/schema/target.ts';

/** Looks for personal data in a process of its own, and prints what that took: seconds, and bytes of memory at its end. */
const [target, file] = process.argv.slice(2) as [string, string];
const begun = performance.now();
const before = process.cpuUsage();
const { found, unread } = await personalDataIn({
  ...(JSON.parse(target) as Target),
  logs: [LogFile.parse({ file, format: 'python' })],
});
const { user, system } = process.cpuUsage(before);
const wall = (performance.now() - begun) / 1000;
const memory = process.memoryUsage.rss();
process.stdout.write(
  JSON.stringify({ wall, cpu: (user + system) / 1e6, found, unread: unread.length, memory }),
);
