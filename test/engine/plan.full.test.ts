import { createHash } from 'node:crypto';
import { globSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect } from 'vitest';
import { createSystems } from '../../src/activities/index.ts';
import { catalogue } from '../../src/client/catalogue.ts';
import { viewRun } from '../../src/client/runs/view-run.ts';
import type { SqliteTarget } from '../../src/config/schema/target.ts';
import { migrates } from '../support/migrates.ts';
import { whyNoPostgres } from '../support/postgres.ts';
import { type Runs, test as base } from '../support/run.ts';
import { exampleOf, storiesOf } from '../support/runbook-folder.ts';
import { leaveUnmanagedCopy } from '../support/unmanaged-copy.ts';

const test = base.extend({
  maintenance: {
    window: { calendar: 'daily', start: '02:00', duration: '2h', cutoff: '30m', timezone: 'UTC' },
    chores: [],
  },
});

/** Its example has a server of PostgreSQL. */
const MIGRATION = 'migrate-to-postgres';

/** The example's target names what there is to do. */
const NAMED_BY_EXAMPLE = ['security-updates', 'rotate-secrets'];

/** What is to be lifted must be there. */
const CONTAINED = {
  by: 'ops-1',
  since: '2026-01-05T02:00:00.000Z',
  reason: 'its rows vanish',
  run: 'contain/demo/20260105_020000',
  ran: true,
};

describe('a plan', () => {
  test(
    'of any runbook changes nothing, and says what it would do',
    { timeout: 180_000 },
    async ({ world, systems, runs }) => {
      const { ending } = await runs.run('daily-backup');
      const { backup } = ending.output as { backup: string };
      // What a rollback would go back from must have been.
      await (await exampleOf('rollback'))!.prepare!(world, runs, backup);
      leaveUnmanagedCopy(world);
      await systems.runtime.stop(); // its writer would change the database meanwhile
      const worker = await runs.serve();

      try {
        // One after the other on one world: what none of them may change needs to be made only once.
        for (const name of catalogue.keys()) {
          // What runs in containers is planned there, by its own test.
          if ((await exampleOf(name))?.runsIn) continue;
          if (name === MIGRATION) continue;
          if (NAMED_BY_EXAMPLE.includes(name))
            await (await exampleOf(name))!.prepare!(world, runs, backup);
          if (name === 'lift-containment') await systems.containment.record(CONTAINED);
          await expectPlanned(world, runs, name, backup);
          await systems.containment.remove();
        }
      } finally {
        await worker.stop();
      }
      expect(await systems.runtime.describe()).toMatchObject({ running: false });
    },
  );

  test.skipIf(whyNoPostgres !== undefined)(
    'of a migration changes nothing on either side',
    { timeout: 180_000 },
    async ({ world, systems, runs }) => {
      await migrates(world);
      await systems.runtime.stop(); // its writer would change the database meanwhile
      const worker = await runs.serve();
      try {
        await expectPlanned(world, runs, MIGRATION, 'latest');
      } finally {
        await worker.stop();
      }
      const { migration } = createSystems(world, 'after');
      expect(await migration.check('rehearse')).toMatchObject({ note: expect.any(String) });
    },
  );

  test('tells what a live run would fail on, and asks and notifies nobody', async ({ runs }) => {
    const { ending } = await runs.run('database-recovery', { backup: 'latest' }, { mode: 'plan' });

    expect(ending).toMatchObject({ outcome: 'failed', failure: { type: 'BackupNotFound' } });
    expect(ending.notices).toEqual([]);
  });
});

async function expectPlanned(
  world: SqliteTarget,
  runs: Runs,
  name: string,
  backup: string,
): Promise<void> {
  const before = contentOf(world.directory);
  const run = await runs.start(name, await inputOf(name, backup), { mode: 'plan' });
  await runs.client.workflow
    .getHandle(run)
    .result()
    .catch(() => {});
  const { ending } = await viewRun(runs.client, run);

  expect({ name, content: contentOf(world.directory) }).toEqual({ name, content: before });
  // What only reads does in a plan what it does live.
  const reads = catalogue.get(name)!.kind === 'reads';
  expect({ name, ...ending }).toMatchObject({
    name,
    outcome: reads && ending?.failure?.type === 'Unhealthy' ? 'failed' : 'done',
    mode: 'plan',
    notices: [],
    left: [],
  });
  const first = ending?.ledger.find(({ state }) => state === 'planned');
  if (first === undefined && reads) return;
  expect(`${name} ${first?.note}`).toMatch(
    / would act here \((?:[a-z]+\.[a-zA-Z]+|runbook [a-z-]+)\), so the plan ends$/,
  );
  expect([name, ending?.ledger.at(-1)?.state]).toEqual([name, 'planned']);
}

/** As its example asks for it, or, as what only reads has none, the story of how it is done. */
async function inputOf(runbook: string, backup: string): Promise<object> {
  const example = await exampleOf(runbook);
  const before = { backup, rows: 0, running: true, leftovers: [], damaged: false };
  const done = (await storiesOf(runbook)).find(({ ending }) => ending === 'done');
  return example?.input(before) ?? done?.input ?? {};
}

/** Every file below a directory, with its size and hash. */
function contentOf(directory: string): string[] {
  return globSync('**/{*,.*}', { cwd: directory })
    .filter((file) => statSync(join(directory, file)).isFile())
    .map((file) => {
      const content = readFileSync(join(directory, file));
      return `${file} ${content.length} ${createHash('sha256').update(content).digest('hex')}`;
    })
    .toSorted();
}
