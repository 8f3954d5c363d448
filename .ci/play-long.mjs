/**
 * Plays what `npm test` leaves out: all slow tests, and then long ones, a batch after the other, until so many minutes are over:
 * `play-long.mjs MINUTES DIRECTORY`. The matrix of faults takes turns of its own, cell by cell: it is in the first batch of each run.
 * Reports of vitest go to the directory as JSON.
 */
import { spawnSync } from 'node:child_process';
import { globSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { inTurn } from '../test/support/turns.ts';

/** Files of one batch: each costs a start of the server, and at its end a core has nothing to do. */
const BATCH = 15;
/** Of one batch. It took 5 to 10 minutes on 2 cores; one that hangs must not take the others' reports with it. */
const LONGEST_MINUTES = 30;
const MATRIX = 'test/faults/every-runbook.full.test.ts';

const [minutes, directory] = process.argv.slice(2);
mkdirSync(directory, { recursive: true });

play('slow', globSync('test/**/*.slow.test.ts'));

const deadline = Date.now() + Number(minutes) * 60_000;
const long = globSync('test/**/*.full.test.ts').filter((file) => file !== MATRIX);
const files = [MATRIX, ...inTurn(long)];
let played = 0;
for (; played < files.length && Date.now() < deadline; played += BATCH)
  play(`long-${played / BATCH}`, files.slice(played, played + BATCH));
console.log(`${Math.min(played, files.length)} of ${files.length} long files had their turn`);

function play(name, batch) {
  const report = join(directory, `${name}.json`);
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${report}`];
  const { status, signal } = spawnSync('vitest', ['run', ...batch, ...reporters], {
    stdio: 'inherit',
    env: { ...process.env, RUNBOOK_TESTS: 'full' },
    timeout: LONGEST_MINUTES * 60_000,
  });
  if (signal !== null) console.log(`A batch was ended by ${signal}: ${batch.join(' ')}`);
  if (status !== 0) process.exitCode = 1;
}
