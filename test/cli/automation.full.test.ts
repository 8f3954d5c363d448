import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openServed, type Served } from './support/served.ts';

let served: Served;

beforeAll(async () => {
  served = await openServed('automation');
});
afterAll(() => served.close());

describe('runbook automation', () => {
  test('asks why nothing may start by itself', async () => {
    const { exitCode, stderr } = await served.type('automation', 'off');

    expect(exitCode).toBe(2);
    expect(stderr).toContain('Missing --reason: why nothing may start by itself');
  });

  test('refuses a length that is none', async () => {
    const { exitCode, stderr } = await served.type(
      'automation',
      'off',
      '--reason',
      'moving',
      '--for',
      'a while',
    );

    expect(exitCode).toBe(2);
    expect(stderr).toContain('Cannot read --for "a while"');
  });

  test('turns it off with an end, tells so, and turns it on again', async () => {
    const off = await served.type(
      'automation',
      'off',
      '--reason',
      'moving',
      '--for',
      '2h',
      '--json',
    );
    const status = await served.type('automation', 'status');
    const on = await served.type('automation', 'on');
    const after = await served.type('automation', 'status', '--json');

    expect(off.exitCode).toBe(0);
    const [answer] = JSON.parse(off.stdout) as [{ until: string }];
    const hours = (Date.parse(answer.until) - Date.now()) / 3_600_000;
    expect(hours).toBeGreaterThan(1.9);
    expect(hours).toBeLessThanOrEqual(2);
    expect(status.stdout).toMatch(/^automation: off until \S+Z, said \S+ at \S+Z: moving$/);
    expect(on).toMatchObject({ exitCode: 0, stderr: 'automation: It was off: moving' });
    expect(JSON.parse(after.stdout)).toEqual([{ target: 'automation' }]);
  });
});
