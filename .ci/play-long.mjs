/**
 * Plays what `npm test` leaves out: all slow tests, and then long ones, in turns, until so many minutes are over:
 * `play-long.mjs MINUTES DIRECTORY`. Reports of vitest go to the directory as JSON.
 */
import { spawn } from 'node:child_process';
import { globSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { inTurn } from '../test/support/turns.ts';

/** As many files at once as vitest plays by itself: most wait for processes and timers. */
const LANES = 3;
/** Files of one lane that share a process and a server: each such start costs seconds, and no lane begins what it has no time for. */
const TOGETHER = 4;
/** One that hangs must not take the others' reports with it. The slow ones took 9 minutes, the longest file 8. */
const LONGEST_MINUTES = 30;
/** It takes turns of its own, cell by cell: it begins each run. */
const MATRIX = 'test/faults/every-runbook.full.test.ts';

const [minutes, directory] = process.argv.slice(2);
mkdirSync(directory, { recursive: true });
await play('slow', globSync('test/**/*.slow.test.ts'), LANES, 'slow');

const deadline = Date.now() + Number(minutes) * 60_000;
const long = globSync('test/**/*.full.test.ts');
const waiting = [[MATRIX], ...chunks(inTurn(long.filter((file) => file !== MATRIX)))];
let played = 0;
await Promise.all(Array.from({ length: LANES }, lane));
console.log(`${played} of ${long.length} long files had their turn`);

async function lane() {
  while (waiting.length > 0 && Date.now() < deadline) {
    const files = waiting.shift();
    played += files.length;
    await play(`long-${played}`, files, 1, 'full');
  }
}

function chunks(files) {
  const starts = Array.from({ length: Math.ceil(files.length / TOGETHER) }, (_, n) => n * TOGETHER);
  return starts.map((start) => files.slice(start, start + TOGETHER));
}

async function play(name, files, workers, kind) {
  const report = join(directory, `${name}.json`);
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${report}`];
  const args = ['run', ...files, ...reporters, `--maxWorkers=${workers}`];
  const child = spawn('vitest', args, {
    stdio: 'inherit',
    env: { ...process.env, RUNBOOK_TESTS: kind },
    timeout: LONGEST_MINUTES * 60_000,
  });
  const [status, signal] = await new Promise((settle) =>
    child.once('close', (...ended) => settle(ended)),
  );
  if (signal) console.log(`Ended by ${signal}: ${files.join(' ')}`);
  if (status !== 0) process.exitCode = 1;
}
