import { execFileSync } from 'node:child_process';
import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect } from 'vitest';
import { compose as runCompose } from '../../src/activities/runtime/compose/docker.ts';
import type { SqliteTarget } from '../../src/config/schema/target.ts';
import { inspect } from '../activities/runtime/support/changed-project.ts';
import { COMPOSE_FILE } from '../activities/runtime/support/compose-world.ts';
import { canRunDocker, composes, docker } from '../activities/runtime/support/docker-daemon.ts';
import { useCompose, useDockerDaemon } from '../activities/runtime/support/use-docker.ts';
import { leftovers } from '../faults/leftovers.ts';
import { gapsIn } from '../support/maintenance.ts';
import { addMark, readMarks } from '../support/marks.ts';
import { leaveUnmanagedCopy, UNMANAGED_COPY } from '../support/unmanaged-copy.ts';
import { AS_BACKED_UP, changeProject, startsOf, stateOf } from './compose/changed-shop.ts';
import { test } from './compose/served-shop.ts';

/** While this is not there, the application does not start on the changed configuration. */
const NEEDED = 'needed';

// Skipped where this is not root, or docker, dockerd or busybox is not on PATH.
describe.skipIf(!canRunDocker)('a changed Compose project (needs dockerd)', () => {
  useDockerDaemon();

  for (const compose of composes)
    // Skipped where this machine has not this Compose.
    describe.skipIf(!compose.file)(`by ${compose.name}`, () => {
      useCompose(compose, async () => {
        // The one of before is gone: who asks first hears so.
        await runCompose(['version'], { timeout: 60_000 }).catch(() => {});
      });

      test('gets its configuration back by application-down, and goes back from that by rollback', async ({
        world,
        systems,
        serve,
      }) => {
        const { play } = await serve({ app: { ...world.app, restarts: { most: 1, pause: '1s' } } });
        await play('daily-backup');
        changeProject(world);
        spoilCommand(world);
        execFileSync(docker!, ['rm', '-f', inspect('app').id]);
        addMark(world, 'since the backup');

        const cured = await play('application-down', '--overwrite', 'yes');
        const afterCure = stateOf(world);
        const inVain = await play('rollback', '--run', cured.ending.run);
        const afterVain = stateOf(world);
        writeFileSync(join(world.directory, NEEDED), '');
        const back = await play('rollback', '--run', cured.ending.run);

        expect(cured).toMatchObject({
          exitCode: 0,
          ending: { outcome: 'done', output: { helped: 'rollback', replaced: ['files'] } },
        });
        expect(inVain).toMatchObject({ exitCode: 1, ending: { outcome: 'undone', left: [] } });
        expect([afterCure, afterVain]).toEqual([AS_BACKED_UP, AS_BACKED_UP]);
        expect(back).toMatchObject({ exitCode: 0, ending: { outcome: 'done', left: [] } });
        expect(back.ending.output).toMatchObject({ replaced: ['files'] });
        expect(stateOf(world)).toEqual({ workers: 'workers = 8\n', level: 'LEVEL=2' });
        // The database was never touched.
        expect(readMarks(world)).toEqual(['since the backup']);
        expect(gapsIn(world)).toBe(0);
        expect(leftovers(world)).toEqual([]);
        await systems.http.expectReady();
      });

      test('runs on while a copy that cannot be adopted is refused', async ({ world, serve }) => {
        const { type } = await serve();
        const file = leaveUnmanagedCopy(world);
        writeFileSync(file, 'no such luck');
        const before = startsOf('app');

        const refused = await type('backups', 'adopt', file);
        const asRun = await type('start', 'adopt-backup', '--file', file);

        expect(refused).toMatchObject({ exitCode: 2, stderr: '' });
        expect(refused.stdout).toBe(
          `refused  ${file}: Cannot adopt "${file}": it is no SQLite database`,
        );
        expect(asRun.exitCode).toBe(1);
        expect(asRun.stdout).toContain(`It failed with BackupDamaged: Cannot adopt "${file}"`);
        expect(startsOf('app')).toBe(before);
        expect(readdirSync(world.backups.directory)).toEqual([UNMANAGED_COPY]);
        expect(readdirSync(world.backups.copy!)).toEqual([]);
        expect(readdirSync(world.state)).not.toContain('pages.jsonl');
      });
    });
});

function spoilCommand({ directory }: SqliteTarget): void {
  const file = join(directory, COMPOSE_FILE);
  const { services } = JSON.parse(readFileSync(file, 'utf8'));
  const script = `[ -e ${join(directory, NEEDED)} ] && exec "$$@"; echo it misses something; exit 7`;
  services.app.command = ['sh', '-c', script, 'sh', ...services.app.command];
  writeFileSync(file, JSON.stringify({ services }));
}
