import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { describe, expect } from 'vitest';
import { docker } from '../../../src/activities/runtime/compose/docker.ts';
import { APP, isRoot, NEEDS_ROOT } from '../../support/application-user.ts';
import { test } from '../../support/target.ts';

const hasDocker = spawnSync('docker', ['--version']).status === 0;

describe.skipIf(!isRoot || !hasDocker)(`docker (${NEEDS_ROOT}, and docker on PATH)`, () => {
  test('says what to do where its daemon is closed to the user of the worker', async ({
    directory,
  }) => {
    chmodSync(directory, 0o755);
    const socket = join(directory, 'docker.sock');
    const daemon = createServer((connection) => connection.destroy()).listen(socket);
    await once(daemon, 'listening');
    chmodSync(socket, 0o600);
    const environment = { PATH: process.env['PATH'], HOME: '/', DOCKER_HOST: `unix://${socket}` };
    const options = { timeout: 30_000, environment };

    const refused = docker(['ps'], { ...options, ids: { uid: APP, gid: APP } });

    await expect(refused).rejects.toMatchObject({
      type: 'NotPermitted',
      nonRetryable: true,
      message: expect.stringMatching(/^User \d+ may not ask Docker on this host: start the worker/),
    });
    // As root it gets past that, to a daemon that is none.
    await expect(docker(['ps'], options)).rejects.not.toMatchObject({ type: 'NotPermitted' });
    daemon.close();
  });
});
