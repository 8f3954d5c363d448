import { execFileSync } from 'node:child_process';
import { globSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect } from 'vitest';
import { compose as runCompose } from '../../src/activities/runtime/compose/docker.ts';
import type { Ending } from '../../src/engine/run/ending.ts';
import { rollbackText } from '../../src/report/run/run-report.ts';
import { inspect } from '../activities/runtime/support/changed-project.ts';
import { canRunDocker, composes, docker } from '../activities/runtime/support/docker-daemon.ts';
import { useCompose, useDockerDaemon } from '../activities/runtime/support/use-docker.ts';
import { leftovers } from '../faults/leftovers.ts';
import { gapsIn, rowsIn } from '../support/maintenance.ts';
import { addMark, readMarks } from '../support/marks.ts';
import {
  AS_BACKED_UP,
  changeProject,
  startsOf,
  stateOf,
  windowIn,
} from './compose/changed-shop.ts';
import { CONFIGURATION, type Played, test } from './compose/served-shop.ts';

// Skipped where this is not root, or docker, dockerd or busybox is not on PATH.
describe.skipIf(!canRunDocker)('a Compose project and a second disk (needs dockerd)', () => {
  useDockerDaemon();

  for (const compose of composes)
    // Skipped where this machine has not this Compose.
    describe.skipIf(!compose.file)(`by ${compose.name}`, () => {
      useCompose(compose, async () => {
        // The one of before is gone: who asks first hears so.
        await runCompose(['version'], { timeout: 60_000 }).catch(() => {});
      });

      test('gets its newest backup from there, when the first disk has it spoilt, and when it is gone', async ({
        world,
        serve,
      }) => {
        const { play, type } = await serve();
        const { directory } = world.backups;
        await play('daily-backup');
        addMark(world, 'in the newest');
        const newest = backupOf(await play('daily-backup'));
        addMark(world, 'since');
        flipByte(
          globSync(join(directory, newest, '*.zst')).find((file) => /db|database/.test(file))!,
        );

        const spoilt = await play('database-recovery', '--backup', 'latest');
        const afterSpoilt = readMarks(world);
        rmSync(directory, { recursive: true });
        const list = await type('backups', 'list');
        const gone = await play('database-recovery', '--backup', 'latest');

        for (const played of [spoilt, gone]) {
          expect(played).toMatchObject({ exitCode: 0, ending: { outcome: 'done', left: [] } });
          expect(backupOf(played)).toBe(newest);
          expectTimely(played);
        }
        expect(notesOf(spoilt)).toMatch(new RegExp(`"${directory}/${newest}/\\S+" is not taken: `));
        expect(notesOf(gone)).toContain(
          `Backups in "${directory}" cannot be read: it is not there`,
        );
        expect([afterSpoilt, readMarks(world)]).toEqual([['in the newest'], ['in the newest']]);
        expect(list.exitCode).toBe(0);
        expect(list.stdout).toMatch(new RegExp(`${newest}.*verified|verified.*${newest}`));
        expect(gapsIn(world)).toBe(0);
      });

      test('goes back from a recovery of the system by the line that its report prints', async ({
        world,
        systems,
        serve,
      }) => {
        const { play, type } = await serve();
        await play('daily-backup');
        changeProject(world);
        execFileSync(docker!, ['rm', '-f', inspect('app').id]);
        await systems.runtime.start();
        await systems.http.expectReady();
        addMark(world, 'before the recovery');
        const rows = rowsIn(world);

        const recovered = await play('system-recovery');
        const between = { ...stateOf(world), marks: readMarks(world) };
        const report = await type('report', recovered.ending.run);
        const line = rollbackText(world.name, recovered.ending.run);
        const [, , ...typed] = line.split(' ');
        const back = await play(...typed);

        expect(report.stdout).toContain(line);
        for (const played of [recovered, back]) {
          expect(played).toMatchObject({ exitCode: 0, ending: { outcome: 'done', left: [] } });
          expectTimely(played);
        }
        expect(between).toEqual({ ...AS_BACKED_UP, marks: [] });
        expect(stateOf(world)).toEqual({ workers: 'workers = 8\n', level: 'LEVEL=2' });
        expect(readMarks(world)).toEqual(['before the recovery']);
        expect(rowsIn(world)).toBeGreaterThanOrEqual(rows);
        expect(gapsIn(world)).toBe(0);
        await systems.http.expectReady();
      });

      test('is put right after a recovery of the system that was terminated when it had replaced all', async ({
        world,
        systems,
        serve,
      }) => {
        const reached = Promise.withResolvers<void>();
        const terminated = Promise.withResolvers<void>();
        const { play, type, client } = await serve({}, async (activity, work) => {
          const result = await work();
          if (activity !== 'database.swap') return result;
          reached.resolve();
          await terminated.promise;
          return result;
        });
        await play('daily-backup');
        changeProject(world);
        addMark(world, 'since the backup');

        const { stdout: run } = await type('start', 'system-recovery', '--detach');
        await reached.promise;
        await client.workflow.getHandle(run).terminate('a test');
        terminated.resolve();
        const { running } = await systems.runtime.describe();
        const repaired = await play('repair');

        const { cleaned } = repaired.ending.output as { cleaned: string[] };
        const [files, database] = cleaned.map(
          (one) => /from before (?:are in|is) "(.+)"$/.exec(one)![1]!,
        );
        expect(running).toBe(false);
        expect(repaired).toMatchObject({ exitCode: 0, ending: { outcome: 'done', left: [] } });
        expect(repaired.ending.output).toMatchObject({ repaired: [run], started: true });
        expect([stateOf(world), readMarks(world)]).toEqual([AS_BACKED_UP, []]);
        expect(readFileSync(join(files!, CONFIGURATION), 'utf8')).toBe('workers = 8\n');
        expect(readMarks({ ...world, database: { ...world.database, file: database! } })).toEqual([
          'since the backup',
        ]);
        expect(leftovers(world)).toEqual([]);
        expect(gapsIn(world)).toBe(0);
        expect(repaired.downtime).toBeGreaterThan(0);
        await systems.http.expectReady();
      });

      test('is left alone outside of its window, and in it goes on without the chore that fails', async ({
        world,
        systems,
        serve,
      }) => {
        const acts: string[] = [];
        const maintenance = windowIn(0, ['log-rotation', 'restore-drill', 'prune-backups']);
        const drill = {
          command: ['false', '{port}'],
          environment: {},
          url: world.app.url,
          health: world.app.health,
        };
        const { play, type, write } = await serve({ maintenance, drill }, (name, work) => {
          acts.push(name);
          return work();
        });
        const before = startsOf('app');

        write({ ...world, maintenance: windowIn(6, []) });
        const refused = await type('start', 'maintenance-window');
        const after = { acts: [...acts], container: startsOf('app') };
        write(world);
        const played = await play('maintenance-window');
        expect(refused).toMatchObject({ exitCode: 2, stdout: '' });
        expect(refused.stderr).toMatch(/^Error: The maintenance window of .* is closed: .*\nTry: /);
        expect(after).toEqual({ acts: [], container: before });
        expect(played).toMatchObject({ exitCode: 1, ending: { outcome: 'partly', left: [] } });
        expect(played.ending.output).toMatchObject({ chores: ['log-rotation', 'prune-backups'] });
        expect(played.ending.notDone).toEqual([expect.stringMatching(/restore-drill: /)]);
        expectTimely(played);
        await systems.http.expectReady();
      });
    });
});

/** Its people see no more of it than the run says, but for the moments between two of their looks. */
function expectTimely({ downtime, ending }: Played): void {
  const { downtimeMilliseconds } = ending.output as { downtimeMilliseconds: number };
  expect(downtime).toBeGreaterThan(0);
  expect(downtime).toBeLessThan(downtimeMilliseconds + 5000);
}

function backupOf({ ending }: Played): string {
  return (ending.output as { backup: string }).backup;
}

function notesOf({ ending }: { ending: Ending }): string {
  return ending.ledger.flatMap(({ note }) => note ?? []).join('\n');
}

/** As a failing disk does. */
function flipByte(file: string): void {
  const bytes = readFileSync(file);
  const middle = Math.floor(bytes.length / 2);
  bytes[middle] = bytes[middle]! ^ 0xff;
  writeFileSync(file, bytes);
}
