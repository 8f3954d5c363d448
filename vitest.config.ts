import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { defineConfig } from 'vitest/config';
import { places } from './src/config/places.ts';

// For the processes that run tests, and all that these start: a command, a worker and the process of a job start from
// TypeScript in half the processor time when what Node has compiled is kept.
process.env['NODE_COMPILE_CACHE'] ??= join(places().cache, 'compiled');

// What this user knows of embedded servers of their own is nothing to a test, and what tests start is nothing to this user.
const data = mkdtempSync(join(tmpdir(), 'runbook-tests-data-'));
process.env['XDG_DATA_HOME'] = data;
process.once('exit', () => rmSync(data, { recursive: true, force: true }));

const slow = 'test/**/*.slow.test.ts';
const long = 'test/**/*.full.test.ts';
/** `npm test` runs what is quick, less than 4 minutes on 2 cores; RUNBOOK_TESTS=slow adds the slow ones, RUNBOOK_TESTS=full the long ones, too. */
const left: Readonly<Record<string, string[]>> = { slow: [long], full: [] };
const exclude = left[process.env['RUNBOOK_TESTS'] ?? ''] ?? [slow, long];
/** Folders whose tests need a Temporal server. It is started once for the run, and only for them. */
const onTemporal = [
  'runbooks',
  'engine',
  'workflows',
  'client',
  'cli',
  'gateway',
  'integration',
  'faults',
  'replay',
].map((folder) => `test/${folder}/**/*.test.ts`);

export default defineConfig({
  test: {
    pool: 'forks',
    // Else each file of tests would load the product and Temporal's SDK anew: a third of the time of a run.
    isolate: false,
    setupFiles: ['test/support/same-environment.ts'],
    // Most tests wait for processes and timers: more of them than cores.
    maxWorkers: 3,
    // A killed worker costs 10 s of silence, and a busy machine many times that. What takes 75 s of a quiet machine, by the
    // Python of docker-compose 1.29 above all, took 222 s with three files beside it, and 300 where the cores were slower.
    testTimeout: 600_000,
    hookTimeout: 300_000,
    projects: [
      {
        extends: true,
        test: {
          name: 'plain',
          include: ['test/**/*.test.ts'],
          exclude: [...exclude, ...onTemporal],
          globalSetup: 'test/support/build-once.ts',
        },
      },
      {
        extends: true,
        test: {
          name: 'temporal',
          include: onTemporal,
          exclude,
          globalSetup: ['test/support/build-once.ts', 'test/support/global-setup.ts'],
        },
      },
    ],
  },
});
