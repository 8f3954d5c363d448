import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { describe, expect } from 'vitest';
import type { SqliteTarget } from '../../../src/config/schema/target.ts';
import { damageDatabase } from '../../../src/dev/demo/sample-database.ts';
import type { Scene } from '../../faults/before.ts';
import { FILES, furnish, furniture } from '../../support/furnished.ts';
import { approving, stateOf } from '../../support/locked.ts';
import { addMark, readMarks } from '../../support/marks.ts';
import { answer, waiting } from '../../support/people.ts';
import { backUp, pidOf } from '../../support/recovery.ts';
import { test } from '../../support/run.ts';
import { stopRedis } from '../../support/stop-redis.ts';

const configured = test.extend<{ backups: Partial<SqliteTarget['backups']> }>({
  backups: async ({}, use) => use({ daily: { files: FILES, keep: '30d' } }),
});
const GOOD = { '.env': 'API_TOKEN=then\n', 'app.conf': 'workers = 4\n' };
const SPOILT = { '.env': 'API_TOKEN=now\n', 'app.conf': 'workrs = 4\n' };

describe.concurrent('application-down', () => {
  test('names who has taken its port, and ends nobody', async ({ world, systems, runs }) => {
    await systems.runtime.stop();
    const squatter = createServer((_, response) => response.writeHead(503).end());
    const port = Number(new URL(world.app.url).port);
    await new Promise<void>((settle) => squatter.listen(port, '127.0.0.1', settle));

    const { ending } = await runs.run('application-down');

    expect(ending).toMatchObject({ outcome: 'failed', failure: { type: 'ApplicationDown' } });
    expect(ending.failure?.message).toContain(
      `Port ${port} is taken by node (process ${process.pid})`,
    );
    expect(stateOf(ending, 'restart', 'rollback')).toEqual(['omitted', 'omitted']);
    expect(ending.notices.length).toBeGreaterThan(0);
    expect(squatter.listening).toBe(true);
    squatter.close();
  });

  test('recovers a damaged database once people approve', async ({ world, systems, runs }) => {
    await backUp(runs);
    process.kill(-(await pidOf(systems))!, 'SIGKILL');
    damageDatabase(world.database.file, 30);

    const { run, ending } = await runs.run(
      'application-down',
      {},
      {
        meanwhile: async (run, client) => {
          const handle = await waiting(client, `${run}/database`, 'recover');
          await answer(handle, 'approve', { step: 'recover', by: 'ops-2' });
        },
      },
    );

    expect([ending.failure?.message, ending.outcome]).toEqual([undefined, 'done']);
    expect(ending.output).toMatchObject({ tried: ['database'], helped: 'database-recovery' });
    expect(ending.output).toMatchObject({ diagnosis: expect.stringMatching(/^Damaged/) });
    expect(ending.ledger.find(({ id }) => id === 'database')?.runs).toEqual([`${run}/database`]);
    expect(stateOf(ending, 'restart', 'rollback')).toEqual(['omitted', 'omitted']);
    expect((await systems.app.prove()).rows).toBeGreaterThan(0);
  });

  test('restarts it without its cache, and says that Redis is gone', async ({
    world,
    systems,
    runs,
  }) => {
    await systems.runtime.stop();
    await stopRedis(world);

    const { ending } = await runs.run('application-down');

    expect([ending.failure?.message, ending.outcome]).toEqual([undefined, 'done']);
    expect(ending.output).toMatchObject({
      diagnosis: expect.stringMatching(/^Cannot reach Redis/),
      tried: ['services', 'restart'],
    });
  });

  test('restarts nothing while the disk is full, and names it', async ({
    world,
    systems,
    runs,
    skip,
  }) => {
    skip(process.getuid?.() !== 0 || process.platform !== 'linux', 'only root can mount a disk');
    await systems.runtime.stop();
    const { directory } = world.backups;
    mkdirSync(directory, { recursive: true });
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=2m', 'tmpfs', directory]);
    writeFileSync(join(directory, 'ballast'), Buffer.alloc(1.9 * 2 ** 20));

    const { ending } = await runs
      .run('application-down')
      .finally(() => execFileSync('umount', ['-l', directory]));

    expect(ending).toMatchObject({ outcome: 'failed', failure: { type: 'ApplicationDown' } });
    expect(ending.failure?.message).toContain(`"${directory}" 9`);
    expect(ending.failure?.message).toContain('Tried: nothing');
    expect(stateOf(ending, 'restart')).toEqual(['omitted']);
  });

  configured(
    'rolls its configuration back once people approve, and leaves database and secrets alone',
    async ({ world, systems, runs }) => {
      await spoil({ world, systems, runs });

      const { ending } = await runs.run(
        'application-down',
        {},
        { meanwhile: approving('rollback') },
      );

      expect([ending.failure?.message, ending.outcome]).toEqual([undefined, 'done']);
      expect(ending.output).toMatchObject({ tried: ['restart', 'rollback'], helped: 'rollback' });
      expect(furniture(world, FILES)).toEqual({ ...SPOILT, 'app.conf': GOOD['app.conf'] });
      expect(readMarks(world)).toEqual(['since the backup']);
      await systems.http.expectReady();
    },
  );

  configured(
    'takes its configuration from the backup that holds what is known to be good, though a newer one is there',
    async ({ world, systems, runs }) => {
      furnish(world, GOOD);
      await systems.runtime.noteKnownGood();
      await spoil({ world, systems, runs });
      await backUp(runs);

      const { ending } = await runs.run('application-down', { overwrite: 'yes' });

      expect([ending.failure?.message, ending.outcome]).toEqual([undefined, 'done']);
      expect(ending.output).toMatchObject({ helped: 'rollback' });
      expect(ending.ledger.find(({ id }) => id === 'compare')?.note).toMatch(
        /Backup "\d{8}_\d{6}" holds 2 files of what is known to be good/,
      );
      expect(furniture(world, FILES)).toEqual({ ...SPOILT, 'app.conf': GOOD['app.conf'] });
    },
  );

  configured(
    'gives the database back to the application before it restarts it',
    async ({ world, systems, runs }) => {
      await systems.runtime.stop();
      chmodSync(world.database.file, 0o444);

      const { run, ending } = await runs.run('application-down', { overwrite: 'yes' });

      expect([ending.failure?.message, ending.outcome]).toEqual([undefined, 'done']);
      expect(ending.output).toMatchObject({ tried: ['repair', 'restart'], helped: 'restart' });
      expect(ending.ledger[0]?.runs).toEqual([`${run}/cause`]);
      expect(statSync(world.database.file).mode & 0o777).toBe(0o600);
    },
  );

  configured(
    'puts the configuration back that a rollback has not helped, and says what was tried',
    async ({ world, systems, runs }) => {
      await spoil({ world, systems, runs }, 'no such line');

      const { ending } = await runs.run('application-down', { overwrite: 'yes' });

      expect(ending).toMatchObject({ outcome: 'undone', failure: { type: 'ApplicationDown' } });
      expect(ending.failure?.message).toMatch(/Tried: restart, rollback$/);
      expect(stateOf(ending, 'restart', 'rollback', 'test')).toEqual([
        'done',
        'failed',
        'unreached',
      ]);
      expect(furniture(world, FILES)).toEqual(SPOILT);
      expect(readMarks(world)).toEqual(['since the backup']);
    },
  );

  configured(
    'replaces nothing that people reject, and tries to restart it as often as the policy says',
    async ({ world, systems, runs }) => {
      await spoil({ world, systems, runs });

      const { ending } = await runs.run(
        'application-down',
        {},
        {
          meanwhile: async (run, client) =>
            answer(await waiting(client, run, 'rollback'), 'reject', {
              step: 'rollback',
              by: 'ops-2',
            }),
        },
      );

      expect(ending).toMatchObject({ outcome: 'failed', failure: { type: 'ApplicationDown' } });
      expect(ending.failure?.message).toContain(
        'ops-2 (unproven) rejected "Roll its configuration back"',
      );
      expect(ending.ledger.find(({ id }) => id === 'restart')?.note).toMatch(
        /^Does not work after 2 tries/,
      );
      expect(furniture(world, FILES)).toEqual(SPOILT);
    },
  );
});

/** An application that never answers unless a line is in its configuration; changed since its backup, and down. */
async function spoil({ world, systems, runs }: Scene, wanted = 'workers'): Promise<void> {
  furnish(world, GOOD);
  await backUp(runs);
  addMark(world, 'since the backup');
  furnish(world, SPOILT);
  await systems.runtime.stop();
  world.app.restarts = { most: 2, pause: '1s' };
  const { command } = world.runtime as { command: string[] };
  const script = `grep -q "${wanted}" "${join(world.directory, 'app.conf')}" || exec sleep 60; exec "$@"`;
  Object.assign(world.runtime, { command: ['sh', '-c', script, 'sh', ...command] });
}
