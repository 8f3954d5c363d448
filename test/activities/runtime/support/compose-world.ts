import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { createSystems } from '../../../../src/activities/index.ts';
import type { SqliteTarget } from '../../../../src/config/schema/target.ts';
import { createDemoWorld } from '../../../../src/dev/demo/demo-target.ts';
import { SAMPLE_TABLE } from '../../../../src/dev/demo/sample-database.ts';
import { reservedPort } from '../../../support/reserved-port.ts';
import { test as base } from '../../../support/run.ts';
import { targetIn } from '../../../support/target.ts';
import { COMPOSE_FILE, inCompose, removeContainers } from './in-compose.ts';

export { COMPOSE_FILE };

/** The sample application, which writes all the time, in a container of Compose, and a service beside it. */
export const test = base.extend({
  world: async ({ escalation }, use: (world: SqliteTarget) => Promise<void>) => {
    const home = mkdtempSync(join(tmpdir(), 'compose-'));
    const url = `http://127.0.0.1:${await reservedPort()}`;
    const template = targetIn(home, {
      decisions: { wait: '0s', waitWhileDown: '0s' },
      escalation,
      contacts: { operations: { members: ['ops-1'] } },
      app: {
        kind: 'web',
        url,
        health: `${url}/_stcore/health`,
        timeout: '5s',
        ready: { within: '60s', every: '1s' },
      },
      database: { kind: 'sqlite', file: join(home, 'demo.db'), keyTable: SAMPLE_TABLE },
      backups: { directory: join(home, 'backups'), daily: { files: [COMPOSE_FILE, '.env'] } },
    });
    // Compose calls its project so: worlds that are there at the same time share nothing.
    const directory = join(home, basename(home).toLowerCase());
    const made = await createDemoWorld(template, directory, { rows: 2000 });
    const world = inCompose(made.target);
    const { runtime, http } = createSystems(world, 'test');
    await runtime.start();
    await http.expectReady();
    await use(world);
    removeContainers(world);
    rmSync(home, { recursive: true, force: true });
  },
});
