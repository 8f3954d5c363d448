import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Client } from '@temporalio/client';
import { describe, expect } from 'vitest';
import { driverFor } from '../../src/activities/runtime/driver-for.ts';
import { closedText } from '../../src/activities/runtime/door/door.ts';
import { reportFigures } from '../../src/cli/serve/report-figures.ts';
import type { SqliteTarget } from '../../src/config/schema/target.ts';
import { readStopped, writeStopped } from '../../src/state/stopped.ts';
import { startWebServer } from '../activities/health/support/web-server.ts';
import { reservedPort } from '../support/reserved-port.ts';
import { test } from '../support/client.ts';

const SINCE = '2026-01-05T02:00:00.000Z';
const STOP = 'stop-application/test/20260105_020000';

describe('an application that was stopped on purpose', () => {
  test('and was started by hand pages again: its record goes, and its alerts are let through', async ({
    target,
    client,
  }) => {
    const served = behindClosedProxy(await serving(target));
    const holds = await heldBack(client, target);
    stopped(target, 3600);

    await reportFigures(client, 'nobody')(served, []);
    const whileDown = [readStopped(target)?.run, await holds.lifted()];
    await driverFor(served).start();
    await using _ = { [Symbol.asyncDispose]: () => driverFor(served).stop() };
    await untilAnswers(served);
    await reportFigures(client, 'nobody')(served, []);
    await reportFigures(client, 'nobody')(served, []);

    expect(whileDown).toEqual([STOP, []]);
    expect(readStopped(target)).toBeUndefined();
    expect(await holds.lifted()).toEqual([STOP]);
    // Once.
    expect(await toldOf(client, target)).toEqual([
      expect.objectContaining({
        status: 'firing',
        severity: 'sev3',
        title: `It runs although it was stopped on purpose: ${target.name}`,
        source: STOP,
        details: expect.stringContaining(`Its proxy refuses users since ${SINCE}, by ${STOP}`),
      }),
    ]);
  });

  test('keeps its record while something else answers on its port', async ({ target, client }) => {
    const page = await startWebServer();
    try {
      const app = { ...target.app, url: `${page.url}/`, health: `${page.url}/health` };
      stopped(target, 3600);

      await reportFigures(client, 'nobody')({ ...target, app }, []);

      expect(readStopped(target)?.run).toBe(STOP);
    } finally {
      page.process.kill('SIGKILL');
    }
  });

  test('that has only just stopped keeps its record, whatever runs', async ({ target, client }) => {
    const served = await serving(target);
    await driverFor(served).start();
    await using _ = { [Symbol.asyncDispose]: () => driverFor(served).stop() };
    await untilAnswers(served);
    stopped(target, 1);

    await reportFigures(client, 'nobody')(served, []);

    expect(readStopped(target)?.run).toBe(STOP);
  });
});

const SERVER = `require('node:http')
  .createServer((request, response) => response.end('here'))
  .listen(Number(process.argv[1]), '127.0.0.1')`;

/** A target whose application can be started. */
async function serving(target: SqliteTarget): Promise<SqliteTarget> {
  const port = await reservedPort();
  const url = `http://127.0.0.1:${port}/`;
  return {
    ...target,
    app: { ...target.app, url, health: url, port },
    runtime: {
      ...target.runtime,
      command: [process.execPath, '-e', SERVER, String(port)],
    } as SqliteTarget['runtime'],
  };
}

function behindClosedProxy(target: SqliteTarget): SqliteTarget {
  const include = join(target.directory, 'door.conf');
  writeFileSync(include, closedText(target.name, { since: SINCE, run: STOP }, '300'));
  const drain = { include, command: ['nginx'], grace: '30s' };
  const { url } = target.app;
  return { ...target, proxy: { kind: 'nginx', url, certificateWarning: '21d', drain } };
}

async function untilAnswers({ app }: SqliteTarget): Promise<void> {
  await expect
    .poll(
      () =>
        fetch(app.health).then(
          ({ ok }) => ok,
          () => false,
        ),
      { timeout: 10_000 },
    )
    .toBe(true);
}

function stopped(target: SqliteTarget, seconds: number): void {
  writeStopped(target, {
    by: 'anna',
    because: 'a move',
    at: new Date(Date.now() - seconds * 1000).toISOString(),
    run: STOP,
  });
}

async function toldOf(client: Client, { name }: SqliteTarget): Promise<unknown[]> {
  const { events } = await client.workflow
    .getHandle(`incident/${name}/start-application`)
    .fetchHistory();
  return (events ?? [])
    .map(({ workflowExecutionSignaledEventAttributes: signal }) => signal)
    .filter((signal) => signal?.signalName === 'report')
    .map((signal) => JSON.parse(Buffer.from(signal!.input!.payloads![0]!.data!).toString()));
}

/** As a run does that stops on purpose. No worker serves it: what it is asked to lift stays in its history. */
async function heldBack(client: Client, { name }: SqliteTarget) {
  const handle = await client.workflow.signalWithStart('suppression', {
    workflowId: `suppression/${name}`,
    taskQueue: 'nobody',
    signal: 'hold',
    signalArgs: [{ by: STOP, why: 'a move', until: new Date(Date.now() + 3.6e6).toISOString() }],
  });
  return {
    async lifted(): Promise<string[]> {
      const { events } = await handle.fetchHistory();
      return (events ?? [])
        .map(({ workflowExecutionSignaledEventAttributes: signal }) => signal)
        .filter((signal) => signal?.signalName === 'lift')
        .map((signal) => JSON.parse(Buffer.from(signal!.input!.payloads![0]!.data!).toString()).by);
    },
  };
}
