import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, onTestFinished } from 'vitest';
import { createSystems, type StepSystems } from '../../../src/activities/index.ts';
import type { SqliteTarget } from '../../../src/config/schema/target.ts';
import { writeStopped } from '../../../src/state/stopped.ts';
import {
  expectReadyStarted,
  proveStarted,
  startAsBefore,
  startUntilReady,
} from '../../../src/workflows/parts/start-until-ready.ts';
import { refusal } from '../../activities/database/support/fixtures.ts';
import { hasNginx, startNginx } from '../../support/nginx.ts';
import { reservedPort } from '../../support/reserved-port.ts';
import { fill, ROWS, targetIn, test as base } from '../../support/target.ts';

const RUN = 'database-recovery/shop/20260105_020000';

interface Shop {
  readonly target: SqliteTarget;
  readonly systems: StepSystems;
}

/** Whose alerts were let through: there is no Temporal here. */
const lifted: (string | undefined)[] = [];

function systemsOf(target: SqliteTarget, run: string): StepSystems {
  const lift = async (by?: string) => ({ changed: lifted.push(by) > 0 });
  return { ...createSystems(target, run), alerts: { lift } } as unknown as StepSystems;
}

/** A real application, ended after the test. */
const test = base.extend<{ shop: Shop }>({
  shop: async ({ directory }, use) => {
    const url = `http://127.0.0.1:${await reservedPort()}/`;
    const serve = `require('node:http').createServer((_, answer) => answer.end('ok')).listen(new URL('${url}').port, '127.0.0.1')`;
    const target = targetIn(directory, {
      runtime: { kind: 'process', command: [process.execPath, '-e', serve], log: 'app.log' },
      app: { url, health: url },
    });
    fill(target.database.file, ROWS);
    const systems = systemsOf(target, RUN);
    await use({ target, systems });
    await systems.runtime.stop();
  },
});

/** Ends it as its machine does: by a moment that nobody writes down, and with another start of the machine after it. */
async function loseMachine({ target, systems }: Shop): Promise<void> {
  const record = recordOf(target);
  const content = readFileSync(record, 'utf8');
  await systems.runtime.stop();
  const lost = { ...(JSON.parse(content) as object), boot: 'an earlier start of the machine' };
  writeFileSync(record, JSON.stringify(lost));
}

function recordOf({ state }: SqliteTarget): string {
  return join(state, 'started.json');
}

describe('an application that was stopped on purpose, and started by hand since', () => {
  test('has the alerts let through that were held back for it, unless a person asks for the start', async ({
    shop: { target, systems },
  }) => {
    const record = { by: 'ops-1', because: 'a move', at: '2026-01-05T02:00:00.000Z' };
    lifted.length = 0;
    await startUntilReady(systems);
    const before = [...lifted];
    writeStopped(target, { ...record, run: 'stop-application/shop/1' });
    await startUntilReady(systems, { asked: true });
    const asked = [...lifted];
    writeStopped(target, { ...record, run: 'stop-application/shop/2' });
    await startUntilReady(systems);
    writeStopped(target, { ...record, run: 'stop-application/shop/3' });
    await startAsBefore(systems, { running: true, ready: false });

    expect([before, asked]).toEqual([[], []]);
    expect(lifted).toEqual(['stop-application/shop/2', 'stop-application/shop/3']);
  });
});

describe.skipIf(!hasNginx)('an application whose proxy was closed by a run before', () => {
  test('serves users again by whoever starts it, unless that one opens it later, or puts it back', async ({
    shop: { target, systems },
    directory,
  }) => {
    const { proxy } = await behindNginx(target, directory);
    const seen: boolean[] = [];
    const note = async () => void seen.push((await proxy.find()).closed === undefined);
    await startUntilReady(systems);

    await proxy.close();
    await startUntilReady(systems, { behindProxy: true });
    await note();
    await startUntilReady(systems);
    await note();
    await proxy.close();
    await startAsBefore(systems, { running: false, ready: false });
    await note();
    await startAsBefore(systems, { running: true, ready: false });
    await note();

    expect(seen).toEqual([false, true, false, true]);
    expect((await proxy.expectServing()).note).toMatch(/^200 /);
  });

  test('runs though its proxy cannot be opened, and that is told; the next who starts it opens it', async ({
    shop: { target, systems },
    directory,
  }) => {
    const { proxy, nginx } = await behindNginx(target, directory);
    await startUntilReady(systems);
    await proxy.close();
    const well = readFileSync(nginx.file, 'utf8');
    writeFileSync(nginx.file, 'nonsense;');

    const up = await startUntilReady(systems);
    const { closed } = await proxy.find();
    writeFileSync(nginx.file, well);
    const again = await startUntilReady(systems);

    expect(up.note).toMatch(/^Users are kept out by its proxy yet: .*unknown directive/);
    expect(closed).toMatch(/^Its proxy refuses users since/);
    expect(again.note).toBeUndefined();
    expect((await proxy.expectServing()).note).toMatch(/^200 /);
  });
});

/** The systems of the run that closes it. */
async function behindNginx(target: SqliteTarget, directory: string) {
  const nginx = await startNginx(join(directory, 'nginx'), Number(new URL(target.app.url).port));
  onTestFinished(() => nginx.stop());
  Object.assign(target, { proxy: nginx.proxy });
  return { nginx, proxy: createSystems(target, 'stop-application/shop/1').proxy };
}

describe.skipIf(process.platform !== 'linux')('an application that ended with its machine', () => {
  test('is named as such, once, to the run that had started it', async ({ shop }) => {
    const { target, systems } = shop;
    await startUntilReady(systems);
    await loseMachine(shop);

    const answers = [
      await refusal(systems.http.expectReady()),
      await refusal(systems.app.prove()),
      await refusal(systemsOf(target, 'another/run').app.prove()),
    ];

    expect(answers.map(({ type }) => type)).toEqual([
      'MachineRestarted',
      'MachineRestarted',
      'NotFunctional',
    ]);
    expect(answers.map(({ nonRetryable }) => nonRetryable)).toEqual([true, true, true]);
  });

  test('is started again by whoever waits for it, or proves it', async ({ shop }) => {
    const { systems } = shop;
    await startUntilReady(systems);

    await loseMachine(shop);
    const { rows } = await proveStarted(systems);
    await loseMachine(shop);
    await expectReadyStarted(systems);

    expect(rows).toBe(ROWS);
    expect((await systems.runtime.describe()).running).toBe(true);
  });

  test('is started by an undo that brings back what was', async ({ shop }) => {
    const { systems } = shop;
    const cases = [
      { running: true, ready: true },
      { running: true, ready: false },
      { running: false, ready: false },
    ];
    for (const before of cases) {
      await startAsBefore(systems, before);
      expect((await systems.runtime.describe()).running).toBe(before.running);
      await systems.runtime.stop();
    }
  });

  test('is not, when it was stopped, when it runs, or when nothing is known of its start', async ({
    shop,
  }) => {
    const { target, systems } = shop;
    await startUntilReady(systems);
    expect(existsSync(recordOf(target))).toBe(true);
    await loseMachine(shop);
    await startUntilReady(systemsOf(target, 'another/run'));
    writeFileSync(recordOf(target), JSON.stringify({ run: RUN, boot: 'an earlier start' }));
    const running = await proveStarted(systems);
    await systems.runtime.stop();
    const stopped = await refusal(proveStarted(systems));
    const unreadable: string[] = [];
    for (const content of ['', 'null', '[]', '{"run": 1}']) {
      writeFileSync(recordOf(target), content);
      unreadable.push((await refusal(proveStarted(systems))).type!);
    }

    expect(running.rows).toBe(ROWS);
    expect(stopped.type).toBe('NotFunctional');
    expect(unreadable).toEqual(Array(4).fill('NotFunctional'));
  });
});
