import { tend } from './tend.ts';

const [target, stamp] = process.argv.slice(2) as [string, string];
await tend(JSON.parse(target), stamp);
