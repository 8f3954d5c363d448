import { describe, expect } from 'vitest';
import { containmentActivities } from '../../../src/activities/containment/containment-activities.ts';
import { lifecycleActivities } from '../../../src/activities/lifecycle/lifecycle-activities.ts';
import { driverFor } from '../../../src/activities/runtime/driver-for.ts';
import { processRecord } from '../../../src/activities/runtime/process/process-record.ts';
import { runtimeActivities } from '../../../src/activities/runtime/runtime-activities.ts';
import { orderStop } from '../../../src/activities/runtime/stop-order.ts';
import type { SqliteTarget } from '../../../src/config/schema/target.ts';
import { readEndingStop, readStopped } from '../../../src/state/stopped.ts';
import { LIVES, source, test } from '../runtime/support/applications.ts';

const RUN = 'stop-application/shop/1';
const DEAF = "trap '' TERM; while :; do sleep 0.1; done";
const hold = { until: '2999-01-05T02:00:00.000Z', why: 'a move', tell: 'Is it to run?' };

function recordNow() {
  return { by: 'ops-1', because: 'a move', at: new Date().toISOString(), run: RUN };
}

function of(target: SqliteTarget) {
  return {
    runtime: runtimeActivities(target, RUN),
    lifecycle: lifecycleActivities(target),
    find: () => containmentActivities(target).find(),
  };
}

describe('an order to stop that was not obeyed within its grace', () => {
  test('is on record as a stop on purpose when it is obeyed soon after', async ({ targetFor }) => {
    const target = targetFor("trap 'sleep 1.5; exit 0' TERM; while :; do sleep 0.1; done", '1s');
    const { runtime, lifecycle } = of(target);
    const record = recordNow();
    await runtime.start();
    await expect(runtime.stop({ gently: true })).rejects.toMatchObject({ type: 'StopHangs' });

    const settled = await lifecycle.settleStop(record, hold);

    expect(settled).toMatchObject({ ordered: true, ended: true });
    expect(readStopped(target)).toMatchObject(record);
    expect(readEndingStop(target)).toBeUndefined();
  });

  test('is on record whenever it is obeyed, and by nobody else', async ({ targetFor }) => {
    const target = targetFor(DEAF, '1s');
    const { runtime, lifecycle, find } = of(target);
    const record = recordNow();
    await runtime.start();
    await runtime.stop({ gently: true }).catch(() => {});

    const settled = await lifecycle.settleStop(record, hold);
    const running = await find();
    const left = await runtime.start();
    const noted = readEndingStop(target);
    process.kill(-(await processRecord(target).find())!.pid, 'SIGKILL');
    await expect.poll(async () => (await runtime.describe()).running).toBe(false);
    const down = await find();
    const kept = await runtime.start();

    expect(settled).toMatchObject({ ordered: true, ended: false });
    expect(settled.note).toMatch(/ still runs \(pid \d+.* --force yes/);
    expect(running).toEqual({});
    expect(left.changed).toBe(false);
    expect(noted).toMatchObject({ record, hold });
    expect(down.stopped).toMatchObject(record);
    expect(kept).toMatchObject({ changed: false, contained: { note: down.stopped!.note } });
    expect(readStopped(target)).toMatchObject(record);
  });

  test('is on record also when whoever waits for it is killed', async ({
    targetFor,
    inProcess,
  }) => {
    const target = targetFor(DEAF, '10s');
    const { runtime, lifecycle, find } = of(target);
    const record = recordNow();
    await runtime.start();
    await orderStop(target, RUN);

    const child = inProcess(
      target,
      `const { lifecycleActivities } = await import('${source}lifecycle/lifecycle-activities.ts');
      await lifecycleActivities(target).settleStop(${JSON.stringify(record)}, ${JSON.stringify(hold)});`,
    );
    await expect.poll(() => readEndingStop(target), { timeout: 60_000 }).toBeDefined();
    child.kill('SIGKILL');
    process.kill(-(await processRecord(target).find())!.pid, 'SIGKILL');
    await expect.poll(async () => (await runtime.describe()).running).toBe(false);
    const down = await find();
    const again = await lifecycle.settleStop(record, hold);

    expect(down.stopped).toMatchObject(record);
    expect(again).toMatchObject({ ordered: true, ended: true });
    expect(readStopped(target)).toMatchObject(record);
  });

  test('says nothing any more after an hour, or when it was started or stopped since', async ({
    targetFor,
  }) => {
    const target = targetFor(DEAF, '1s');
    const { runtime, lifecycle } = of(target);
    await runtime.start();
    await runtime.stop({ gently: true }).catch(() => {});
    await lifecycle.settleStop(recordNow(), hold);

    const inAnHour = readEndingStop(target, Date.now() + 3_600_000);
    await runtime.stop();
    const after = readEndingStop(target);

    expect([inAnHour, after]).toEqual([undefined, undefined]);
    expect(await runtime.start()).toMatchObject({ changed: true });
  });

  test('is none where its run has given none', async ({ targetFor }) => {
    const target = targetFor(LIVES);
    const { runtime, lifecycle } = of(target);
    await runtimeActivities(target, 'another').start();
    await runtimeActivities(target, 'another').stop();
    await driverFor(target).start();

    expect(await lifecycle.settleStop(recordNow(), hold)).toMatchObject({ ordered: false });
    expect((await runtime.describe()).running).toBe(true);
    expect(readEndingStop(target)).toBeUndefined();
  });
});
