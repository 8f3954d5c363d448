import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openTimed, type Timed } from './support/timed.ts';

let timed: Timed;
/** A worker bundles the workflows first: seconds of a processor that others may use, too. */
const SLOW = { timeout: 120_000 };

beforeAll(async () => {
  timed = await openTimed('timed');
  timed.write('daily-backup', { at: 'first SUNDAY 02:00', timezone: 'Asia/Riyadh' });
});
afterAll(() => timed.close());

describe('schedules', () => {
  test('are planned, and are not there yet', async () => {
    const plan = await timed.type('sync', '--plan');

    expect([plan.exitCode, plan.stdout]).toEqual([
      0,
      'create  timed/daily-backup  first SUNDAY 02:00 Asia/Riyadh',
    ]);
  });

  test('that are missing in Temporal are a finding of check and doctor', async () => {
    const check = await timed.type('check');
    const doctor = await timed.runbook('doctor', '--json');

    expect([check.exitCode, check.stdout]).toEqual([
      1,
      'no daily-backup of timed: Temporal has no schedule "timed/daily-backup"',
    ]);
    expect(JSON.parse(doctor.stdout)).toContainEqual({
      subject: 'Schedules of timed',
      state: 'missing',
      finding: 'not in Temporal as the target says: timed/daily-backup',
      hint: 'runbook schedules sync --plan',
    });
  });

  test('are synced by a worker when it starts, and then there is nothing to do', SLOW, async () => {
    const said = await timed.startedWorker();
    const sync = await timed.type('sync', '--json');
    const check = await timed.type('check');

    expect(said).toContain('Schedules: create  timed/daily-backup  first SUNDAY 02:00 Asia/Riyadh');
    expect(JSON.parse(sync.stdout)).toMatchObject({
      plan: false,
      changes: [{ id: 'timed/daily-backup', what: 'keep' }],
      faults: [],
    });
    expect([check.exitCode, check.stdout]).toEqual([0, 'No run is missing']);
  });

  test('are listed with the next five starts, in their zone and in UTC', async () => {
    const { stdout } = await timed.type('list');
    const lines = stdout.split('\n');

    expect(lines[0]).toBe('timed/daily-backup  active  first SUNDAY 02:00 Asia/Riyadh');
    expect(lines).toHaveLength(6);
    for (const line of lines.slice(1))
      expect(line).toMatch(
        /^ {2}Sun \d{4}-\d\d-0[1-7] 02:00 Asia\/Riyadh \(Sat \d{4}-\d\d-\d\d 23:00 UTC\)$/,
      );
  });

  test('show what is next, and nothing of one that is paused', async () => {
    const next = await timed.type('next', '--limit', '2', '--json');
    const pause = await timed.type('pause', 'daily-backup', '--because', 'a new disk');
    const list = await timed.type('list');
    const none = await timed.type('next', '--json');

    expect(JSON.parse(next.stdout)).toEqual([
      {
        at: expect.stringContaining('T23:00:00'),
        id: 'timed/daily-backup',
        timezone: 'Asia/Riyadh',
      },
      {
        at: expect.stringContaining('T23:00:00'),
        id: 'timed/daily-backup',
        timezone: 'Asia/Riyadh',
      },
    ]);
    expect(pause.stderr).toBe('Paused timed/daily-backup');
    expect(list.stdout).toMatch(/paused {2}first SUNDAY .* {2}\(Paused by \S+@\S+: a new disk\)/);
    expect(JSON.parse(none.stdout)).toEqual([]);
  });

  test('of an unknown runbook are reported with the nearest, and end with 1', async () => {
    timed.write('daily-bakup', '01:00');

    for (const verb of ['sync', 'check']) {
      const { exitCode, stderr } = await timed.type(verb);

      expect(exitCode).toBe(1);
      expect(stderr).toContain(
        'Warning: Cannot schedule "timed/daily-bakup": there is no runbook "daily-bakup", did you mean "daily-backup"?',
      );
    }
  });
});
