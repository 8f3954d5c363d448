/**
 * Plays long tests, a batch after the other, and begins none when so many minutes are over: `play-long.mjs MINUTES DIRECTORY`. The matrix
 * of faults takes turns of its own, cell by cell: it is in the first batch of each run. Reports of vitest go to the directory as JSON.
 */
import { spawnSync } from 'node:child_process';
import { globSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { inTurn } from '../test/support/turns.ts';

/** Files of one batch: each costs a start of the server, and at its end a core has nothing to do. */
const BATCH = 15;
/** Of one batch. It took 5 to 8 minutes on 2 cores; one that hangs must not take the others' reports with it. */
const LONGEST_MINUTES = 30;
const MATRIX = 'test/faults/every-runbook.full.test.ts';

const [minutes, directory] = process.argv.slice(2);
const deadline = Date.now() + Number(minutes) * 60_000;
const order = inTurn(globSync('test/**/*.full.test.ts').filter((file) => file !== MATRIX));
const files = [MATRIX, ...order];
mkdirSync(directory, { recursive: true });

let played = 0;
for (; played < files.length && Date.now() < deadline; played += BATCH) {
  const batch = files.slice(played, played + BATCH);
  const report = join(directory, `long-${played / BATCH}.json`);
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${report}`];
  const { status, signal } = spawnSync('vitest', ['run', ...batch, ...reporters], {
    stdio: 'inherit',
    env: { ...process.env, RUNBOOK_TESTS: 'full' },
    timeout: LONGEST_MINUTES * 60_000,
  });
  if (signal !== null) console.log(`A batch of long tests ended by ${signal}: ${batch.join(' ')}`);
  if (status !== 0) process.exitCode = 1;
}
const left = Math.max(0, files.length - played);
console.log(`${files.length - left} of ${files.length} files of long tests had their turn`);
