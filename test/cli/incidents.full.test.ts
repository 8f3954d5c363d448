import { existsSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { openServed, type Served } from './support/served.ts';

let served: Served;

beforeAll(async () => {
  served = await openServed('incidents', {
    escalation: [
      { level: 1, to: 'operations', after: '0s' },
      { level: 2, to: 'development', after: '15m' },
    ],
    contacts: { operations: { members: ['ops-1'] }, development: { members: ['dev-1'] } },
    incidents: { review: { to: 'development', within: '48h', of: ['sev1'] } },
  });
});
afterAll(() => served.close());

const WAIT = { timeout: 60_000, interval: 200 };

describe('incidents', () => {
  test('are opened, listed, acknowledged, noted, resolved and reviewed', async () => {
    const opened = await served.type(
      'incidents',
      'open',
      'No charts at all',
      '--severity',
      'sev1',
      '--by',
      'ops-1',
      '--json',
    );
    const { incident } = JSON.parse(opened.stdout) as { incident: string };
    await vi.waitFor(async () => {
      const { stdout } = await served.type('incidents', 'list');
      expect(stdout).toMatch(
        /^\S+Z {2}sev1 {2}triggered {2}incident\/incidents\/no-charts-at-all {2}No charts at all$/m,
      );
    }, WAIT);

    const said = [
      await served.type('incidents', 'ack', 'no-charts', '--by', 'ops-1'),
      await served.type('incidents', 'note', 'no-charts', 'The disk is full', '--by', 'ops-1'),
      await served.type('incidents', 'assign', 'no-charts', 'commander', 'dev-1', '--by', 'ops-1'),
      await served.type(
        'incidents',
        'task',
        'no-charts',
        'Add a disk',
        'dev-1',
        '--due',
        '2026-12-24',
      ),
      await served.type('incidents', 'severity', 'no-charts', 'sev2', '--reason', 'one chart'),
      await served.type('incidents', 'severity', 'no-charts', 'sev1'),
      // It has become graver: that is asked anew.
      await served.type('incidents', 'ack', 'no-charts', '--by', 'ops-1'),
      await served.type('incidents', 'task-done', 'no-charts', '1'),
    ];
    const shown = await served.type('incidents', 'show', 'no-charts');
    await served.type('incidents', 'resolve', 'no-charts', '--reason', 'There is space again');
    await served.client.workflow.getHandle(incident).result();
    const report = await served.type('incidents', 'show', incident, '--format', 'md');
    const json = await served.type('incidents', 'show', incident, '--json');
    const html = await served.type('incidents', 'show', incident, '--format', 'html');
    const added = await served.type('incidents', 'task', incident, 'Watch it', 'dev-1');
    const open = await served.type('incidents', 'show', incident, '--json');
    const reviewed = await vi.waitFor(async () => {
      const answer = await served.type('incidents', 'review', incident, 'We add disks', '--json');
      expect(answer.exitCode).toBe(0);
      return answer;
    }, WAIT);

    const done = await served.type('incidents', 'task-done', incident, '2');
    const after = await served.type('incidents', 'note', incident, 'It was the old disk');
    const late = await served.type('incidents', 'show', incident, '--json');

    expect([added, done, after].map(({ exitCode }) => exitCode)).toEqual([0, 0, 0]);
    expect(JSON.parse(open.stdout)).toMatchObject({
      tasks: [{ done: true }, { title: 'Watch it', done: false }],
      followUp: { owner: 'development' },
    });
    expect(JSON.parse(late.stdout)).toMatchObject({
      tasks: [{ done: true }, { done: true }],
      timeline: expect.arrayContaining([
        expect.objectContaining({ text: 'It was the old disk' }),
        expect.objectContaining({ text: 'We add disks' }),
      ]),
      followUp: { done: { text: 'We add disks' } },
    });
    expect(said.map(({ exitCode }) => exitCode)).toEqual(said.map(() => 0));
    expect(shown.stdout).toMatch(/^No charts at all: acknowledged\n/);
    expect(shown.stdout).toContain('\n  commander: dev-1\n');
    expect(shown.stdout).toMatch(
      /\n {2}Response: wanted within 15m, by .*: met, with .* to spare\n/,
    );
    expect(report.stdout).toMatch(/^# No charts at all: resolved\n[^]*Acknowledged \(TTA\): after/);
    expect(report.stdout).toContain('- [x] 1\\. Add a disk (dev-1, until 2026-12-24): done, by ');
    expect(JSON.parse(json.stdout)).toMatchObject({
      id: incident,
      times: { toResolve: expect.any(Number), response: { asked: 'within 15m', met: true } },
    });
    expect(report.stdout).toMatch(/level 1, operations, by log: log delivered/);
    expect(html.stdout).toMatch(/^<!doctype html>[^]*No charts at all[^]*<\/html>$/);
    expect(JSON.parse(reviewed.stdout)).toMatchObject({ incident, what: 'review' });
    expect(existsSync(`${served.target.state}/pages.jsonl`)).toBe(true);
  });

  test('leave an application contained that does harm, until somebody lifts that', async () => {
    const silent = await served.type('start', 'contain');
    const contained = await served.type(
      'start',
      'contain',
      '--reason',
      'its rows vanish',
      '--json',
    );
    const doctor = await served.type('doctor', '--json');
    const { running } = await served.systems.runtime.describe();
    const lifted = await served.type('start', 'lift-containment', '--json');

    expect([silent, contained, lifted].map(({ exitCode }) => exitCode)).toEqual([2, 0, 0]);
    expect(silent.stderr).toMatch(/^Error: Missing --reason <reason>: What harm it does/);
    expect(JSON.parse(doctor.stdout)).toContainEqual({
      subject: 'Application of incidents',
      state: 'optional',
      finding: expect.stringMatching(
        /^Contained by .* because its rows vanish: runbook start lift-/,
      ),
    });
    expect(running).toBe(false);
    expect((await served.systems.app.prove()).rows).toBeGreaterThan(0);
  });

  test('that are not there, or said badly, are refused with 2, and what to try', async () => {
    const none = await served.type('incidents', 'ack', 'nothing-like-it');
    const badSeverity = await served.type('incidents', 'open', 'x', '--severity', 'sev9');
    const noTitle = await served.type('incidents', 'open', '???');
    const badDate = await served.type('incidents', 'task', 'x', 'y', 'z', '--due', 'tomorrow');

    expect([none, badSeverity, noTitle, badDate].map(({ exitCode }) => exitCode)).toEqual([
      2, 2, 2, 2,
    ]);
    expect(none.stderr).toBe(
      'Error: Cannot find an open incident "nothing-like-it"\nTry: runbook incidents list',
    );
    expect(noTitle.stderr).toMatch(/^Error: Cannot open it: fingerprint: /);
    expect(badDate.stderr).toMatch(/^Error: Cannot read due: /);
  });

  test('are escalated, given away, put off and reopened, and say why when they cannot be', async () => {
    await served.type('incidents', 'open', 'Queue is long', '--severity', 'sev1');
    await vi.waitFor(async () => {
      const { stdout } = await served.type('incidents', 'show', 'queue-is');
      expect(stdout).toMatch(/level 1, operations/);
    }, WAIT);
    const say = (verb: string, ...more: string[]) =>
      served.type('incidents', verb, 'queue-is', ...more);

    const refused = [
      await say('task-done', '3'),
      await say('reassign', '--to', 'nobody'),
      await say('snooze', '--for', '2h'),
      await say('snooze'),
      await say('unack'),
      await say('reopen', '--reason', 'x'),
    ];
    const done = [
      await say('escalate', '--reason', 'it is over my head'),
      await say('reassign', '--to', 'operations'),
      await say('ack'),
      await say('respond', '--to', 'development'),
      await say('snooze', '--for', '30m'),
      await say('resolve'),
    ];
    const reopened = await vi.waitFor(async () => {
      const answer = await say('reopen', '--reason', 'it is long again');
      expect(answer.exitCode).toBe(0);
      return answer;
    }, WAIT);
    const shown = await vi.waitFor(async () => {
      const answer = await served.type('incidents', 'show', 'queue-is', '--json');
      expect(JSON.parse(answer.stdout)).toMatchObject({ state: 'triggered' });
      return JSON.parse(answer.stdout) as { former?: string };
    }, WAIT);
    await say('resolve');

    expect(refused.map(({ exitCode }) => exitCode)).toEqual([2, 2, 2, 2, 2, 2]);
    expect(refused.map(({ stderr }) => stderr.split('\n')[0])).toEqual([
      expect.stringMatching(/queue-is-long": there is no task 3: it has none$/),
      expect.stringMatching(/"nobody" is no contact of incidents: there are operations, dev/),
      expect.stringMatching(/a sev1 waits 1 hour at most, until /),
      'Error: Say how long it is put off: --for, or --until',
      expect.stringMatching(/nobody has acknowledged it$/),
      expect.stringMatching(/^Error: Cannot reopen .* it is open/),
    ]);
    expect(done.map(({ exitCode }) => exitCode)).toEqual([0, 0, 0, 0, 0, 0]);
    expect(done[0]!.stderr).toMatch(/escalated, level 2 is called now: it is over my head/);
    expect(reopened.stderr).toMatch(/its next episode begins/);
    expect(shown.former).toMatch(/^[0-9a-f-]{36}$/);
  });

  test('are opened, acknowledged and shown without a worker, and go on when one is back', async () => {
    await served.stopWorker();
    const opened = await served.type('incidents', 'open', 'Slow', '--severity', 'sev2');
    const acknowledged = await vi.waitFor(async () => {
      const answer = await served.type('incidents', 'ack', 'slow', '--by', 'ops-1');
      expect(answer.exitCode).toBe(0);
      return answer;
    }, WAIT);
    const alone = await served.type('incidents', 'show', 'slow');
    await served.startWorker();
    const shown = await vi.waitFor(async () => {
      const answer = await served.type('incidents', 'show', 'slow');
      expect(answer.stderr).not.toContain('From its history');
      return answer;
    }, WAIT);
    await served.type('incidents', 'resolve', 'slow');

    const all = [opened, acknowledged, alone, shown];
    expect(all.map(({ exitCode }) => exitCode)).toEqual([0, 0, 0, 0]);
    expect(alone.stderr).toContain('From its history alone: no worker answers');
    for (const { stdout } of [alone, shown]) expect(stdout).toContain('Slow: acknowledged');
  });
});
