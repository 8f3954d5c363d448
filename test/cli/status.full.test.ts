import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Status } from '../../src/cli/local/status/status-of.ts';
import { openServed, type Served } from './support/served.ts';

let served: Served;

beforeAll(async () => {
  served = await openServed('status', {
    schedules: { 'daily-backup': '01:00' },
    figures: { every: '10s' },
  });
});
afterAll(() => served.close());

const look = async () => {
  const { stdout, exitCode } = await served.type('status', 'status', '--json');
  return { exitCode, ...(JSON.parse(stdout) as Status) };
};

describe('status of a target that is served', () => {
  test('names its worker, what starts next, who waits for whom, and what is open', async () => {
    const before = await look();
    await served.type('schedules', 'sync');
    const { stdout: run } = await served.type('start', 'daily-backup', '--detach');
    await served.client.workflow.getHandle(run.trim()).result();
    const incident = await served.type(
      'incidents',
      'open',
      'a test',
      '--severity',
      'sev1',
      '-t',
      'status',
    );
    const after = await look();
    await served.stopWorker();
    const alone = await served.type('check', 'status');
    await served.startWorker();

    expect(of(before, 'worker')).toMatchObject({ verdict: 'ok' });
    expect(of(before, 'schedules')).toMatchObject({
      verdict: 'warning',
      text: 'not in Temporal as the target says: status/daily-backup',
    });
    expect(of(before, 'incident')).toMatchObject({ verdict: 'ok', text: 'none is open' });
    expect(before).toMatchObject({ exitCode: 2 });
    expect(of(before, 'backup')).toMatchObject({ verdict: 'critical' });
    expect(incident.exitCode).toBe(0);
    expect(of(after, 'backup')).toMatchObject({ verdict: 'ok' });
    expect(of(after, 'next')?.text).toMatch(/^status\/daily-backup 20.* 01:00:00 UTC, /);
    expect(of(after, 'incident')).toMatchObject({
      verdict: 'critical',
      text: expect.stringMatching(/^a test \(incident\/status\/.*\): sev1, triggered since 20/),
    });
    expect(alone.exitCode).toBe(2);
    expect(alone.stdout).toMatch(/^STATUS CRITICAL - /);
  });
});

function of({ lines }: Status, subject: string) {
  return lines.find((line) => line.subject === subject);
}
