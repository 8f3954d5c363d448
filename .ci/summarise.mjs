/** Adds up vitest's JSON reports. Prints every skip, fails on one that is not allowed, and closes with the count. */
import { readFileSync } from 'node:fs';

const allowed = readFileSync(new URL('skips-allowed', import.meta.url), 'utf8')
  .split('\n')
  .filter((line) => line !== '' && !line.startsWith('#'));
const tests = process.argv
  .slice(2)
  .flatMap((file) => JSON.parse(readFileSync(file, 'utf8')).testResults)
  .flatMap(({ assertionResults }) => assertionResults);
const count = (...states) => tests.filter(({ status }) => states.includes(status));

const skipped = count('pending', 'skipped', 'todo', 'disabled');
const surprising = skipped.filter(({ fullName }) => !allowed.includes(fullName));
for (const { fullName } of skipped) console.log(`skipped: ${fullName}`);
for (const { fullName } of surprising) console.log(`not on the list of skips: ${fullName}`);

const failed = count('failed').length;
console.log(`tests: ${count('passed').length} passed, ${failed} failed, ${skipped.length} skipped`);
if (failed > 0 || surprising.length > 0 || tests.length === 0) process.exitCode = 1;
