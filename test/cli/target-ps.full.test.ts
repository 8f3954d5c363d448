import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect } from 'vitest';
import { runtimeActivities } from '../../src/activities/runtime/runtime-activities.ts';
import type { ApplicationState } from '../../src/cli/local/application-state.ts';
import type { SqliteTarget } from '../../src/config/schema/target.ts';
import { PROJECT } from '../activities/runtime/support/compose-project.ts';
import {
  canRunDocker,
  composes,
  containers,
  docker,
} from '../activities/runtime/support/docker-daemon.ts';
import { useCompose, useDockerDaemon } from '../activities/runtime/support/use-docker.ts';
import { targetIn, test } from '../support/target.ts';
import { runbook } from './support/runbook.ts';
import { targetsIn } from './support/targets-in.ts';

// Skipped where this is not root, or docker, dockerd or busybox is not on PATH.
describe.skipIf(!canRunDocker)('target ps of a Compose project', () => {
  useDockerDaemon();
  const [compose] = composes.filter(({ file }) => file);
  useCompose(compose!);

  test('tells each container with its image, the application first', async ({ directory }) => {
    writeFileSync(join(directory, 'docker-compose.yml'), PROJECT);
    const runtimeOf = (service: string): SqliteTarget['runtime'] => ({
      kind: 'compose',
      service,
      environment: [],
      profiles: [],
      stopGrace: '5s',
    });
    const target = targetIn(directory, { runtime: runtimeOf('other') });
    const env = targetsIn(directory, target);
    const look = async () => {
      const { stdout } = await runbook(['target', 'ps', target.name, '--json'], env);
      return JSON.parse(stdout) as ApplicationState;
    };

    const before = await look();
    await runtimeActivities(targetIn(directory, { runtime: runtimeOf('app') })).start();
    await runtimeActivities(target).start();
    const running = await look();
    await runtimeActivities(target).freeze();
    const held = await look();
    await runtimeActivities(target).stop();
    const stopped = await look();
    for (const id of containers()) execFileSync(docker!, ['rm', '-f', id]);

    expect(before).toMatchObject({
      running: false,
      instances: [{ service: 'other', state: 'no container', running: false }],
    });
    expect(running.instances).toMatchObject([
      { service: 'other', isApplication: true, state: 'running', restarts: 0 },
      { service: 'app', isApplication: false, state: 'running', running: true },
    ]);
    for (const one of running.instances) {
      expect(one).toMatchObject({
        image: expect.stringMatching(/.+/),
        name: expect.stringContaining(one.service),
        since: expect.stringMatching(/^20/),
      });
      expect(one.memory).toBeGreaterThan(0);
    }
    expect(held.instances[0]).toMatchObject({ state: 'held still' });
    expect(stopped).toMatchObject({
      running: false,
      instances: [{ state: expect.stringMatching(/^exited \(exit code \d+\)$/) }, {}],
    });
  });
});
