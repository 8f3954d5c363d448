import { play, type Scenario } from './scenarios.ts';

const [target, scenario, results = '[]'] = process.argv.slice(2);
await play(JSON.parse(target!), scenario as Scenario, JSON.parse(results), (result) => {
  process.stdout.write(`${JSON.stringify(result)}\n`);
});
