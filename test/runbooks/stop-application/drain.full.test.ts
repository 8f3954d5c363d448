import { readFileSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { describe, expect } from 'vitest';
import { ask } from '../../../src/activities/health/application/ask.ts';
import { broken } from '../../support/broken.ts';
import { failing } from '../../support/people.ts';
import { stateOf } from '../../support/locked.ts';
import { hasNginx, type Nginx, startNginx } from '../../support/nginx.ts';
import { test as base } from '../../support/run.ts';

/** The sample application behind a real nginx. */
const test = base.extend<{ nginx: Nginx }>({
  nginx: async ({ world, directory }, use) => {
    const nginx = await startNginx(join(directory, 'nginx'), Number(new URL(world.app.url).port));
    Object.assign(world, { proxy: nginx.proxy });
    await use(nginx);
    await nginx.stop();
  },
});

describe.skipIf(!hasNginx).concurrent('an application behind a proxy', () => {
  test('that is stopped says when to come back, and serves again when it is started', async ({
    nginx,
    runs,
  }) => {
    const stop = await runs.run('stop-application', { until: '2h' });
    const meanwhile = await through(nginx);
    const start = await runs.run('start-application');

    expect([stop.ending.outcome, stop.ending.failure?.message]).toEqual(['done', undefined]);
    expect(stateOf(stop.ending, 'drain', 'idle', 'stop')).toEqual(['done', 'done', 'done']);
    expect(stop.ending.output).toMatchObject({ refused: true });
    expect(meanwhile.text).toBe('503');
    const back = Date.parse(meanwhile.retryAfter!) - Date.now();
    expect(back / 3_600_000).toBeCloseTo(2, 0);
    expect(start.ending).toMatchObject({ outcome: 'done', notices: [] });
    expect(start.ending.output).toMatchObject({
      started: true,
      through: expect.stringMatching(/^It lets users through\. 200 in \d+ ms through the proxy$/),
    });
    expect((await through(nginx)).text).toBe('200');
  });

  test('that is restarted cuts who stays for longer than the grace, and tells how many', async ({
    world,
    nginx,
    runs,
  }) => {
    const { port } = new URL(world.app.url);
    const socket = connect(Number(port), '127.0.0.1').on('error', () => {});

    const { ending } = await runs.run('restart-application');

    const idle = ending.ledger.find(({ id }) => id === 'idle');
    expect([ending.outcome, ending.failure?.message]).toEqual(['done', undefined]);
    expect(stateOf(ending, 'drain', 'idle', 'open')).toEqual(['done', 'done', 'done']);
    expect(idle?.note).toBe('1 connection left after the grace of 2s: cut');
    await expect.poll(() => socket.destroyed).toBe(true);
    expect((await through(nginx)).text).toBe('200');
  });

  test('is stopped and restarted though its proxy cannot be closed, and people are told', async ({
    nginx,
    runs,
    systems,
  }) => {
    writeFileSync(nginx.file, `${readFileSync(nginx.file, 'utf8')}nonsense;\n`);

    const restart = await runs.run('restart-application');
    const { running } = await systems.runtime.describe();
    const stop = await runs.run('stop-application');

    expect(stateOf(restart.ending, 'drain', 'idle', 'stop', 'open')).toEqual([
      'failed',
      'omitted',
      'done',
      'done',
    ]);
    expect(running).toBe(true);
    expect(stateOf(stop.ending, 'drain', 'idle', 'stop', 'record')).toEqual([
      'failed',
      'omitted',
      'done',
      'done',
    ]);
    expect(JSON.stringify(stop.ending.notices)).toContain('unknown directive');
    expect(stop.ending.output).toMatchObject({ refused: false });
  });

  test('that somebody has started by hand is served again by start-application, which leaves it alone', async ({
    nginx,
    runs,
    systems,
  }) => {
    await runs.run('stop-application');
    await systems.runtime.start({ asked: true });
    const { detail } = await systems.runtime.describe();
    const behind = await through(nginx);
    const sampled = await runs.run('health-check');

    const { ending } = await runs.run('start-application');

    expect(behind.text).toBe('503');
    expect(JSON.stringify(sampled.ending.ledger)).toMatch(
      /proxy\.page.*503.*Its proxy refuses users since .*: start-application/,
    );
    expect(ending.output).toMatchObject({ started: false });
    expect(stateOf(ending, 'start', 'open')).toEqual(['omitted', 'done']);
    expect((await systems.runtime.describe()).detail).toBe(detail);
    expect((await through(nginx)).text).toBe('200');
  });

  test('stays up when it is proven and its proxy cannot be opened, and people are told', async ({
    nginx,
    runs,
    systems,
  }) => {
    await runs.run('stop-application');
    writeFileSync(nginx.file, `${readFileSync(nginx.file, 'utf8')}nonsense;\n`);

    const { ending } = await runs.run('start-application');

    expect(stateOf(ending, 'start', 'test', 'open')).toEqual(['done', 'done', 'left']);
    expect(ending.outcome).not.toBe('done');
    expect(JSON.stringify(ending.notices)).toContain('unknown directive');
    expect((await systems.runtime.describe()).running).toBe(true);
    expect(await systems.http.isReady()).toBe(true);
  });

  test('serves again when the stop is undone', async ({ nginx, runs }) => {
    const { ending } = await runs.run(
      'stop-application',
      {},
      { around: failing('lifecycle.recordStopped', Infinity) },
    );

    expect(ending).toMatchObject({ outcome: 'undone', left: [] });
    expect((await through(nginx)).text).toBe('200');
  });

  test('serves again after the repair of a stop that was terminated', async ({ nginx, runs }) => {
    const states: string[] = [];
    let run = '';
    await runs
      .run(
        'stop-application',
        {},
        {
          around: async (activity, work) => {
            if (activity === 'lifecycle.recordStopped') {
              states.push((await through(nginx)).text);
              await runs.client.workflow.getHandle(run).terminate();
              throw broken('Its run was terminated');
            }
            return work();
          },
          meanwhile: async (id) => void (run = id),
        },
      )
      .catch(() => {});

    const { ending } = await runs.run('repair');

    expect(states).toEqual(['503']);
    expect(ending.outcome).toBe('done');
    expect((await through(nginx)).text).toBe('200');
  });
});

function through({ proxy }: Nginx) {
  return ask(proxy.url, 5000);
}
