import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect } from 'vitest';
import { parse } from 'yaml';
import { runtimeActivities } from '../../src/activities/runtime/runtime-activities.ts';
import { IMAGE } from '../activities/runtime/support/compose-project.ts';
import {
  canRunDocker,
  composes,
  containers,
  docker,
} from '../activities/runtime/support/docker-daemon.ts';
import { useCompose, useDockerDaemon } from '../activities/runtime/support/use-docker.ts';
import { fill, targetIn, test } from '../support/target.ts';
import { runbook } from './support/runbook.ts';

// Skipped where this is not root, or docker, dockerd or busybox is not on PATH.
describe.skipIf(!canRunDocker)('target init of a Compose project', () => {
  useDockerDaemon();
  const [compose] = composes.filter(({ file }) => file);
  useCompose(compose!);

  test('finds the service, and where its database lies on this machine', async ({ directory }) => {
    mkdirSync(join(directory, 'data'));
    fill(join(directory, 'data', 'shop.db'), 3);
    const sleeping = { image: IMAGE, network_mode: 'host', command: ['sleep', '300'] };
    const shop = {
      image: IMAGE,
      network_mode: 'host',
      volumes: [`${directory}/data:/var/shop`],
      command: ['sh', '-c', 'exec 3<>/var/shop/shop.db; exec sleep 300'],
    };
    const services = { cache: sleeping, shop };
    writeFileSync(join(directory, 'docker-compose.yml'), JSON.stringify({ services }));
    for (const service of ['cache', 'shop'])
      await runtimeActivities(
        targetIn(directory, {
          runtime: { kind: 'compose', service, environment: [], profiles: [], stopGrace: '5s' },
        }),
      ).start();

    const { stdout, exitCode } = await runbook(['target', 'init', directory]);
    for (const id of containers()) execFileSync(docker!, ['rm', '-f', id]);

    expect(exitCode).toBe(0);
    expect(stdout).toContain('# the project has also: cache');
    expect(parse(stdout)).toMatchObject({
      runtime: { kind: 'compose', service: 'shop' },
      database: { file: 'data/shop.db', keyTable: 'indicators' },
    });
  });
});
