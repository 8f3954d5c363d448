import type { Client } from '@temporalio/client';
import { describe, expect, vi } from 'vitest';
import { removeSchedules } from '../../../src/client/schedules/remove-schedules.ts';
import { syncSchedules } from '../../../src/client/schedules/sync-schedules.ts';
import { viewSchedules } from '../../../src/client/schedules/view-schedules.ts';
import { TIMEOUT } from '../../support/timeouts.ts';
import { anyRunbook, test } from './with-schedules.ts';

describe('syncSchedules', () => {
  test('makes what the target asks for, with an explicit catch-up window', async ({
    client,
    shop,
  }) => {
    const target = shop({
      'daily-backup': { at: 'first SUNDAY 02:00', timezone: 'Asia/Riyadh', jitter: '5m' },
      repair: { cron: '0 4 * * *', catchUp: '3h' },
    });

    const { changes, faults } = await syncSchedules(client, [target]);

    expect(faults).toEqual([]);
    expect(changes).toEqual([
      {
        id: `${target.name}/daily-backup`,
        what: 'create',
        why: ['first SUNDAY 02:00 Asia/Riyadh, up to 5m later'],
      },
      { id: `${target.name}/repair`, what: 'create', why: ['cron 0 4 * * * UTC'] },
    ]);
    const backup = await describeIt(client, `${target.name}/daily-backup`);
    expect(backup.policies).toEqual({
      overlap: 'SKIP',
      catchupWindow: 20 * 3_600_000,
      pauseOnFailure: false,
    });
    expect(backup.spec).toMatchObject({ timezone: 'Asia/Riyadh', jitter: 300_000 });
    expect(backup.action).toMatchObject({
      workflowType: 'daily-backup',
      workflowId: `daily-backup/${target.name}/due`,
      taskQueue: 'runbooks',
      args: [
        {
          target: target.name,
          input: {},
          by: 'schedule',
          because: `schedule ${target.name}/daily-backup`,
          automatic: true,
        },
      ],
      staticSummary: `Daily backup of ${target.name}`,
    });
    const repair = await describeIt(client, `${target.name}/repair`);
    expect(repair.policies.catchupWindow).toBe(3 * 3_600_000);
  });

  test('changes nothing the second time, of short forms and cron alike', async ({
    client,
    shop,
  }) => {
    const target = shop(
      {
        'daily-backup': 'window',
        repair: { cron: '*/20 4 * * MON-FRI', timezone: 'Europe/Berlin', jitter: '30s' },
        'database-recovery': { at: '09:00', input: { backup: 'latest' }, paused: true },
        'health-check': 'hourly',
      },
      { maintenance: { window: { calendar: 'daily', start: '02:00', duration: '2h' } } },
    );
    const context = anyRunbook(target);
    await syncSchedules(client, [target], context);

    const { changes } = await syncSchedules(client, [target], context);

    expect(changes.map(({ what }) => what)).toEqual(['keep', 'keep', 'keep', 'keep']);
    for (const { id } of changes)
      expect((await describeIt(client, id)).info.lastUpdatedAt).toBeUndefined();
    const { schedules } = await viewSchedules(client, [target], context);
    expect(schedules.map(({ state, note }) => [state, note])).toEqual([
      ['active', undefined],
      ['active', undefined],
      ['paused', 'Paused by its target'],
      ['active', undefined],
    ]);
    expect(schedules[0]!.next).toHaveLength(5);
  });

  test('tells with a plan what differs, and changes nothing', async ({ client, shop }) => {
    const target = shop({ 'daily-backup': '01:00', repair: '04:00' });
    await syncSchedules(client, [target]);
    const changed = shop({
      'daily-backup': { at: '02:00', catchUp: '6h' },
      'database-recovery': { at: '05:00', input: { backup: 'latest' } },
    });
    await listed(client, `${target.name}/repair`);

    const { changes } = await syncSchedules(client, [changed], { plan: true });

    expect(changes).toEqual([
      {
        id: `${target.name}/daily-backup`,
        what: 'update',
        why: ['when: 01:00 UTC -> 02:00 UTC', 'catchUp: 20h -> 6h'],
      },
      { id: `${target.name}/database-recovery`, what: 'create', why: ['05:00 UTC'] },
      { id: `${target.name}/repair`, what: 'delete', why: ['no target asks for it'] },
    ]);
    const { schedules } = await viewSchedules(client, [target]);
    expect(schedules.map(({ state }) => state)).toEqual(['active', 'active']);
    const { schedules: wanted } = await viewSchedules(client, [changed]);
    expect(wanted.map(({ state }) => state)).toEqual(['differs', 'missing']);
  });

  test('deletes only its own, and only those of the targets it was given', async ({
    client,
    shop,
  }) => {
    const one = shop({ 'daily-backup': '01:00', repair: '04:00' });
    const two = shop({ 'daily-backup': '01:00' }, { name: `${one.name}-two` });
    await syncSchedules(client, [one, two]);
    const alien = `${one.name}/alien`;
    await client.schedule.create({
      scheduleId: alien,
      spec: {},
      action: { type: 'startWorkflow', workflowType: 'x', taskQueue: 'nobody' },
    });
    await listed(client, `${two.name}/daily-backup`);
    await listed(client, alien);

    const { changes, others } = await syncSchedules(client, [shop({ 'daily-backup': '01:00' })]);

    expect(changes).toMatchObject([
      { id: `${one.name}/daily-backup`, what: 'keep' },
      { id: `${one.name}/repair`, what: 'delete' },
    ]);
    expect(others).toContain(two.name);
    await describeIt(client, alien);
    await describeIt(client, `${two.name}/daily-backup`);
    await client.schedule.getHandle(alien).delete();
  });

  test('removes those of a target that nothing describes any more, and no others', async ({
    client,
    shop,
  }) => {
    const one = shop({ 'daily-backup': '01:00', repair: '04:00' });
    const two = shop({ 'daily-backup': '01:00' }, { name: `${one.name}-two` });
    await syncSchedules(client, [one, two]);
    for (const id of ['daily-backup', 'repair']) await listed(client, `${one.name}/${id}`);
    const ids = [`${one.name}/daily-backup`, `${one.name}/repair`];

    expect(await removeSchedules(client, one.name, { plan: true })).toEqual(ids);
    expect(await removeSchedules(client, one.name, { plan: false })).toEqual(ids);
    expect(await removeSchedules(client, one.name, { plan: false })).toEqual([]);
    await describeIt(client, `${two.name}/daily-backup`);
  });

  test('makes none for a template, and takes away those it had', async ({ client, shop }) => {
    const target = shop({ 'daily-backup': '01:00' });
    const template = shop({ 'daily-backup': '01:00' }, { enabled: false });
    expect((await syncSchedules(client, [template])).changes).toEqual([]);
    await syncSchedules(client, [target]);
    await listed(client, `${target.name}/daily-backup`);

    const { changes } = await syncSchedules(client, [template]);

    expect(changes).toMatchObject([{ id: `${target.name}/daily-backup`, what: 'delete' }]);
  });

  test('tells what cannot be scheduled, and leaves what there is as it is', async ({
    client,
    shop,
  }) => {
    const target = shop({ 'daily-bakup': '01:00' });
    const { name } = target;
    await syncSchedules(client, [target], anyRunbook(target));
    await listed(client, `${name}/daily-bakup`);
    await client.schedule.create({
      scheduleId: `${name}/repair`,
      spec: {},
      action: { type: 'startWorkflow', workflowType: 'x', taskQueue: 'nobody' },
    });

    const { changes, faults } = await syncSchedules(client, [
      shop({
        'daily-bakup': '01:00',
        'daily-backup': { at: '02:00', jitter: '20h' },
        'database-recovery': { at: '03:00', input: { backup: 7 } },
        repair: '04:00',
        zzz: '05:00',
      }),
    ]);

    expect(changes).toEqual([]);
    expect(faults).toEqual([
      `Cannot schedule "${name}/daily-bakup": there is no runbook "daily-bakup", did you mean "daily-backup"?`,
      `Cannot schedule "${name}/daily-backup": its jitter of 20h would make it too late: its runs begin at most 20h late`,
      expect.stringContaining(
        `Cannot schedule "${name}/database-recovery": its input is refused: backup: `,
      ),
      `Cannot schedule "${name}/zzz": there is no runbook "zzz" here`,
      `Cannot schedule "${name}/repair": there is one of that name that was not made here`,
    ]);
    expect((await describeIt(client, `${name}/daily-bakup`)).info.lastUpdatedAt).toBeUndefined();
  });

  test('comes to the same when two workers do it at once', async ({ client, shop }) => {
    const target = shop({ 'daily-backup': '01:00', repair: '04:00' });

    await Promise.all([1, 2, 3].map(() => syncSchedules(client, [target])));

    const { changes } = await syncSchedules(client, [target]);
    expect(changes.map(({ what }) => what)).toEqual(['keep', 'keep']);
  });
});

function describeIt(client: Client, id: string) {
  return client.schedule.getHandle(id).describe();
}

/** Temporal lists a schedule about a second after it was made. */
async function listed(client: Client, id: string): Promise<void> {
  await vi.waitFor(async () => {
    const ids: string[] = [];
    for await (const { scheduleId } of client.schedule.list()) ids.push(scheduleId);
    expect(ids).toContain(id);
  }, TIMEOUT);
}
