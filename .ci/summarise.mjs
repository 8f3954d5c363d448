/**
 * Adds up vitest's JSON reports. Prints what took longest, every skip, fails on one that is not allowed, tells every failed test again
 * with its reason (the end of a log is what remains of it), and closes with the count.
 */
import { readFileSync } from 'node:fs';

const allowed = readFileSync(new URL('skips-allowed', import.meta.url), 'utf8')
  .split('\n')
  .filter((line) => line !== '' && !line.startsWith('#'));
const files = process.argv
  .slice(2)
  .flatMap((report) => JSON.parse(readFileSync(report, 'utf8')).testResults);
const tests = files.flatMap(({ assertionResults }) => assertionResults);
const count = (...states) => tests.filter(({ status }) => states.includes(status));

const longest = files
  .map(({ name, startTime, endTime }) => ({ name, seconds: (endTime - startTime) / 1000 }))
  .toSorted((one, other) => other.seconds - one.seconds)
  .slice(0, 15);
for (const { name, seconds } of longest)
  console.log(`${seconds.toFixed(0).padStart(5)} s ${name.split('/test/').at(-1)}`);

const skipped = count('pending', 'skipped', 'todo', 'disabled');
const patterns = allowed.map(
  (one) => new RegExp(`^${one.split('*').map(RegExp.escape).join('.*')}$`),
);
const isAllowed = (name) => patterns.some((pattern) => pattern.test(name));
const surprising = skipped.filter(({ fullName }) => !isAllowed(fullName));
for (const { fullName } of skipped) console.log(`skipped: ${fullName}`);
for (const { fullName } of surprising) console.log(`not on the list of skips: ${fullName}`);

const failed = count('failed');
for (const { fullName, failureMessages } of failed) {
  console.log(`failed: ${fullName}\n${failureMessages.join('\n').slice(0, 2000)}`);
}
const whole = JSON.parse(readFileSync(new URL('../test/whole-play.json', import.meta.url), 'utf8'));
const days = Math.floor((Date.now() - Date.parse(whole.at)) / 86_400_000);
console.log(
  `long tests: all ${whole.files} files were played ${days} days ago, by npm run test:full`,
);

console.log(
  `tests: ${count('passed').length} passed, ${failed.length} failed, ${skipped.length} skipped`,
);
if (failed.length > 0 || surprising.length > 0 || tests.length === 0) process.exitCode = 1;
