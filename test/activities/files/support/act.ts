import type { SqliteTarget } from '../../../../src/config/schema/target.ts';
import { play, type Scenario } from './scenario.ts';

const [target, scenario] = process.argv.slice(2) as [string, Scenario];
await play(JSON.parse(target) as SqliteTarget, scenario, 0, () => process.stdout.write('ended\n'));
