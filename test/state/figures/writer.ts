import { openFigures } from '../../../src/state/figures/open-figures.ts';
import { after, figure } from './figure.ts';

/** Records without an end, until it is killed. Usage: writer.ts <state directory> */
const store = openFigures(process.argv[2]!);
process.once('disconnect', () => process.exit());
for (let second = 0; ; second += 1) {
  store.record([figure('theirs', second)], after((process.pid % 900) * 1000 + second));
  if (second === 3) process.send!('writing');
  await new Promise((settle) => setImmediate(settle));
}
