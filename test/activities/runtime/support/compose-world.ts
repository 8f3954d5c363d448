import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createSystems } from '../../../../src/activities/index.ts';
import type { Target } from '../../../../src/config/schema/target.ts';
import { createDemoWorld } from '../../../../src/dev/demo/demo-target.ts';
import { SAMPLE_TABLE } from '../../../../src/dev/demo/sample-database.ts';
import { reservedPort } from '../../../support/reserved-port.ts';
import { test as base } from '../../../support/run.ts';
import { targetIn } from '../../../support/target.ts';
import { IMAGE } from './compose-project.ts';
import { containers, docker } from './docker-daemon.ts';

const repository = fileURLToPath(new URL('../../../../', import.meta.url));
export const COMPOSE_FILE = 'docker-compose.yml';

/** The sample application, which writes all the time, in a container of Compose, and a service beside it. */
export const test = base.extend({
  world: async ({}, use: (world: Target) => Promise<void>) => {
    const home = mkdtempSync(join(tmpdir(), 'compose-'));
    const url = `http://127.0.0.1:${await reservedPort()}`;
    const template = targetIn(home, {
      decisions: { wait: '0s', waitWhileDown: '0s' },
      escalation: [],
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
    const made = await createDemoWorld(template, join(home, 'world'), { rows: 2000 });
    const world = inCompose(made.target);
    const { runtime, http } = createSystems(world, 'test');
    await runtime.start();
    await http.expectReady();
    await use(world);
    for (const id of containers()) execFileSync(docker!, ['rm', '-f', id]);
    rmSync(home, { recursive: true, force: true });
  },
});

/** What the target's files hold while nothing is spoilt. */
function writeProject({ directory }: Pick<Target, 'directory'>, command: readonly string[]) {
  const shared = ['/usr:/usr:ro', '/usr/lib:/lib:ro', '/usr/lib64:/lib64:ro'];
  const app = {
    image: '${APP_IMAGE:?needed}',
    network_mode: 'host',
    // It looks whether the test still runs.
    pid: 'host',
    command,
    volumes: [...shared, `${repository}:${repository}:ro`, `${directory}:${directory}`],
  };
  const other = { image: IMAGE, network_mode: 'host', command: ['sleep', '600'] };
  writeFileSync(join(directory, COMPOSE_FILE), JSON.stringify({ services: { app, other } }));
  writeFileSync(join(directory, '.env'), `APP_IMAGE=${IMAGE}\n`);
}

function inCompose(target: Target): Target {
  if (target.runtime.kind !== 'process') throw new Error('Expected the demo');
  writeProject(target, target.runtime.command);
  const { drill: _, ...rest } = target;
  return {
    ...rest,
    runtime: {
      kind: 'compose',
      service: 'app',
      stopGrace: '10s',
      environment: [],
      profiles: [],
    },
  };
}
