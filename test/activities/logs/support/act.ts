import { rotateLogs } from './rotate-logs.ts';

const [target, stamp] = process.argv.slice(2) as [string, string];
await rotateLogs(JSON.parse(target), stamp);
