import { play, type Scenario } from './scenarios.ts';

const [target, scenario] = process.argv.slice(2);
await play(JSON.parse(target!), scenario as Scenario, [], (result) => {
  process.stdout.write(`${JSON.stringify(result)}\n`);
});
