import { createHash } from 'node:crypto';
import { globSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect } from 'vitest';
import { catalogue } from '../../src/client/catalogue.ts';
import { FOREIGN_COPY, leaveForeignCopy } from '../support/foreign-copy.ts';
import { test as base } from '../support/run.ts';

const test = base.extend({
  maintenance: {
    window: { calendar: 'daily', start: '02:00', duration: '2h', cutoff: '30m', timezone: 'UTC' },
    chores: [],
  },
});

/** What the plan of each runbook needs to find. */
const inputs: Readonly<Record<string, object>> = {
  'adopt-backup': { file: FOREIGN_COPY },
  automation: { turn: 'off' },
  'daily-backup': {},
  'weekly-backup': {},
  'database-locked': {},
  'database-maintenance': {},
  'database-recovery': { backup: 'latest' },
  'log-rotation': {},
  'maintenance-window': {},
  'prune-backups': {},
  repair: {},
  'restore-drill': {},
  'system-recovery': {},
};

describe('a plan', () => {
  for (const name of catalogue.keys())
    test(`of ${name} changes nothing, and says what it would do`, async ({
      world,
      systems,
      runs,
    }) => {
      await runs.run('daily-backup');
      leaveForeignCopy(world);
      await systems.runtime.stop(); // its writer would change the database meanwhile
      const before = contentOf(world.directory);

      const { ending } = await runs.run(name, inputs[name], { mode: 'plan' });

      expect(contentOf(world.directory)).toEqual(before);
      expect(ending).toMatchObject({ outcome: 'done', mode: 'plan', notices: [], left: [] });
      const first = ending.ledger.find(({ state }) => state === 'planned');
      expect(first?.note).toMatch(/^would call [a-z]+\.[a-zA-Z]+\(/);
      expect(ending.ledger.at(-1)?.state).toBe('planned');
      expect(await systems.runtime.describe()).toMatchObject({ running: false });
    });

  test('tells what a live run would fail on, and asks and tells nobody', async ({ runs }) => {
    const { ending } = await runs.run('database-recovery', { backup: 'latest' }, { mode: 'plan' });

    expect(ending).toMatchObject({ outcome: 'failed', failure: { type: 'BackupNotFound' } });
    expect(ending.notices).toEqual([]);
  });
});

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
