import type { Client } from '@temporalio/client';
import { describe, expect } from 'vitest';
import { pauseSchedule } from '../../../src/client/schedules/pause-schedule.ts';
import { syncSchedules } from '../../../src/client/schedules/sync-schedules.ts';
import { viewSchedules } from '../../../src/client/schedules/view-schedules.ts';
import { test } from './with-schedules.ts';

describe('a schedule that people change', () => {
  test('updates in place, and keeps the pause of a person with its note', async ({
    client,
    shop,
  }) => {
    const target = shop({ 'daily-backup': '01:00' });
    const id = `${target.name}/daily-backup`;
    await syncSchedules(client, [target]);
    await pauseSchedule(client, id, 'pause', { by: 'ann', because: 'the disk is changed' });
    const note = 'Paused by ann: the disk is changed';

    const kept = await syncSchedules(client, [target]);
    const updated = await syncSchedules(client, [shop({ 'daily-backup': '02:00' })]);

    expect(kept.changes).toEqual([{ id, what: 'keep', why: ['01:00 UTC'], paused: note }]);
    expect(updated.changes).toMatchObject([{ what: 'update', paused: note }]);
    const { state, spec, info } = await describeIt(client, id);
    expect(state).toMatchObject({ paused: true, note });
    expect(spec.calendars![0]!.hour).toEqual([{ start: 2, end: 2, step: 1 }]);
    expect(info.lastUpdatedAt).toBeDefined();
    expect(info.createdAt < info.lastUpdatedAt!).toBe(true);
  });

  test('pauses and resumes with the target, and lifts only the pause that it made', async ({
    client,
    shop,
  }) => {
    const on = shop({ 'daily-backup': '01:00', repair: '04:00' });
    const off = shop({
      'daily-backup': { at: '01:00', paused: true },
      repair: { at: '04:00', paused: true },
    });
    const states = async () =>
      (await viewSchedules(client, [on])).schedules.map(({ state, note }) => note ?? state);
    await syncSchedules(client, [on]);
    await pauseSchedule(client, `${on.name}/repair`, 'pause', { by: 'ann' });

    await syncSchedules(client, [off]);
    const paused = await states();
    await syncSchedules(client, [on]);

    expect(paused).toEqual(['Paused by its target', 'Paused by ann']);
    expect(await states()).toEqual(['active', 'Paused by ann']);
  });

  test('leaves resumed what a person resumed', async ({ client, shop }) => {
    const target = shop({ 'daily-backup': { at: '01:00', paused: true } });
    const id = `${target.name}/daily-backup`;
    await syncSchedules(client, [target]);
    await pauseSchedule(client, id, 'resume', { by: 'ann' });

    await syncSchedules(client, [target]);
    await syncSchedules(client, [shop({ 'daily-backup': { at: '02:00', paused: true } })]);

    expect((await describeIt(client, id)).state.paused).toBe(false);
  });

  test('puts back what somebody changed in Temporal', async ({ client, shop }) => {
    const target = shop({ 'daily-backup': '01:00', repair: '04:00' });
    await syncSchedules(client, [target]);
    const [backup, repair] = ['daily-backup', 'repair'].map((runbook) =>
      client.schedule.getHandle(`${target.name}/${runbook}`),
    );
    // As a program does that keeps all else, and as Temporal's command line does.
    await backup!.update((now) => ({ ...now, spec: { calendars: [{ hour: 13 }] } }));
    await repair!.update((now) => ({ ...now, action: { ...now.action, memo: {} } }));

    const { changes } = await syncSchedules(client, [target]);

    expect(changes).toMatchObject([
      { what: 'update', why: ['it was changed in Temporal'] },
      { what: 'update', why: ['it was changed in Temporal'] },
    ]);
    const again = await syncSchedules(client, [target]);
    expect(again.changes.map(({ what }) => what)).toEqual(['keep', 'keep']);
  });
});

function describeIt(client: Client, id: string) {
  return client.schedule.getHandle(id).describe();
}
