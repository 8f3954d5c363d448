import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { chmod, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { basename, join } from 'node:path';
import { afterEach, describe, expect, vi } from 'vitest';
import { httpActivities } from '../../../src/activities/app/http-activities.ts';
import { startedBy } from '../../../src/activities/app/started.ts';
import type { Runtime } from '../../../src/config/schema/target.ts';
import { targetIn, test } from '../../support/target.ts';

const path = process.env['PATH']!;

afterEach(() => {
  process.env['PATH'] = path;
});

describe('runtime.describe with Compose', () => {
  test('says what to install where there is no Docker', async ({ directory }) => {
    await commands(directory, {});
    const runtime = await composeIn(directory);

    await expect(runtime.describe()).rejects.toMatchObject({
      type: 'DockerMissing',
      nonRetryable: true,
      message: expect.stringContaining('install'),
    });
  });

  test('waits for a daemon that does not run', async ({ directory }) => {
    await commands(directory, {
      docker: `[ "$2" = version ] && echo 2.40.3 && exit; echo "Cannot connect to the Docker daemon at unix:///x. Is the docker daemon running?" >&2; exit 1`,
    });
    const runtime = await composeIn(directory);

    await expect(runtime.describe()).rejects.toMatchObject({
      type: 'DockerUnreachable',
      nonRetryable: false,
    });
  });

  test('tells of the compose file that is missing, and of no container', async ({ directory }) => {
    await commands(directory, { docker: '[ "$2" = version ] && echo 2.40.3; exit 0' });
    const runtime = await composeIn(directory, false);

    expect(await runtime.describe()).toEqual({
      running: false,
      detail: `No container. Compose cannot read its configuration: Cannot find the compose file "${join(directory, 'docker-compose.yml')}"`,
    });
    await expect(runtime.start()).rejects.toMatchObject({
      type: 'ComposeFileMissing',
      nonRetryable: true,
    });
  });

  test('counts a container in a restart loop as not running, and stops it all the same', async ({
    directory,
  }) => {
    const Id = 'abcdefabcdef';
    const row = JSON.stringify([Id, basename(directory).toLowerCase(), 'app', directory, 'False']);
    const State = {
      Status: 'restarting',
      Running: true,
      Restarting: true,
      Pid: 0,
      ExitCode: 7,
      Error: '',
      StartedAt: '',
    };
    await commands(directory, {
      docker: `case "$*" in
        "ps "*) echo '${row}';;
        inspect*) echo '${JSON.stringify([{ Id, State }])}';;
        "stop "*) echo "$*" > "${directory}/stopped"; exit 1;;
      esac`,
    });
    const runtime = await composeIn(directory);

    expect(await runtime.describe()).toEqual({
      running: false,
      restarting: true,
      detail: 'restarts again and again (exit code 7)',
    });
    await expect(runtime.stop()).rejects.toMatchObject({ type: 'CommandFailed' });
    expect(await readFile(join(directory, 'stopped'), 'utf8')).toBe(`stop -t 2 ${Id}\n`);
  });

  test('takes what answers between two restarts for not ready', async ({ directory }) => {
    const Id = 'abcdefabcdef';
    const row = JSON.stringify([Id, basename(directory).toLowerCase(), 'app', directory, 'False']);
    // However slow this machine is, it has not run for long.
    const inAnHour = new Date(Date.now() + 3_600_000).toISOString();
    const State = { Status: 'running', Running: true, Pid: 7, StartedAt: inAnHour };
    const inspected = (restarts: number) => JSON.stringify([{ Id, State, RestartCount: restarts }]);
    await commands(directory, {
      docker: `case "$*" in "ps "*) echo '${row}';; inspect*) cat "${directory}/inspected";; esac`,
    });
    const server = createServer((_, response) => response.end('ok')).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const url = `http://127.0.0.1:${(server.address() as { port: number }).port}/`;
    const target = targetIn(directory, {
      runtime: { kind: 'compose', service: 'app' },
      app: { url, health: url, timeout: '2s', ready: { within: '1s', every: '100ms' } },
    });
    const http = httpActivities(target, startedBy(target, 'a run'));

    await writeFile(join(directory, 'inspected'), inspected(12));
    const between = await http.isReady();
    const waiting = http.expectReady();
    await expect(waiting).rejects.toMatchObject({
      type: 'NotReady',
      message: expect.stringMatching(
        /; its container restarts again and again \(.*restarted 12 times\)$/,
      ),
    });
    await writeFile(join(directory, 'inspected'), inspected(1));
    const cured = await http.isReady();
    server.close();

    expect([between, cured]).toEqual([false, true]);
  });

  test('looks for the Compose of this machine: the plugin, else docker-compose', async ({
    directory,
  }) => {
    const ps = `case "$*" in version*) echo 1.29.2;; "ps "*) touch "${directory}/asked";; esac`;
    await commands(directory, { docker: '[ "$1" = ps ]', 'docker-compose': ps });
    const runtime = await composeIn(directory);

    expect(await runtime.describe()).toEqual({ running: false, detail: 'No container' });
    expect(existsSync(join(directory, 'asked'))).toBe(true);
  });

  test('looks anew when the one that it found is gone, as after an upgrade', async ({
    directory,
  }) => {
    const before = {
      'docker-compose': '[ "$1" = version ] && echo 1.29.2 || echo by docker-compose',
    };
    const after = { docker: '[ "$2" = version ] && echo 2.40.3 || echo by the plugin' };
    await commands(directory, before);
    vi.resetModules();
    const { compose } = await import('../../../src/activities/runtime/compose/docker.ts');
    const up = () => compose(['up'], { timeout: 30_000 });
    const seen = [await up()];

    await commands(directory, after);
    await expect(up()).rejects.toMatchObject({
      nonRetryable: false,
      message: expect.stringContaining('"docker-compose" is gone, and there is "docker compose"'),
    });
    seen.push(await up());
    // As docker says it without its plugin.
    await commands(directory, {
      ...before,
      docker: 'echo unknown shorthand flag: "\'d\' in -d" >&2; exit 125',
    });
    await expect(up()).rejects.toMatchObject({ nonRetryable: false });
    seen.push(await up());

    expect(seen).toEqual(['by docker-compose', 'by the plugin', 'by docker-compose']);
  });
});

/** Puts only these scripts, and no other docker, on PATH. */
async function commands(directory: string, scripts: Record<string, string>): Promise<void> {
  const bin = join(directory, 'bin');
  await rm(bin, { recursive: true, force: true });
  await mkdir(bin);
  for (const [name, script] of Object.entries(scripts)) {
    await writeFile(join(bin, name), `#!/bin/sh\nPATH="${path}"\n${script}\n`);
    await chmod(join(bin, name), 0o755);
  }
  process.env['PATH'] = bin;
}

/** Which Compose there is, is looked for once a process: here, once a test. */
async function composeIn(directory: string, withFile = true) {
  if (withFile)
    await writeFile(join(directory, 'docker-compose.yml'), 'services: { app: { image: x } }\n');
  vi.resetModules();
  const { runtimeActivities } =
    await import('../../../src/activities/runtime/runtime-activities.ts');
  const runtime = {
    kind: 'compose',
    file: 'docker-compose.yml',
    service: 'app',
    stopGrace: '2s',
    environment: [],
    profiles: [],
  } satisfies Runtime;
  return runtimeActivities(targetIn(directory, { runtime }));
}
