import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openServed, type Served } from '../../cli/support/served.ts';
import { jsonShapes } from '../../docs/json-shapes.ts';

let served: Served;

beforeAll(async () => {
  served = await openServed('shop', {
    escalation: [{ level: 1, to: 'operations' }],
    contacts: { operations: { email: 'ops@example.com' } },
    schedules: { 'daily-backup': '02:00' },
  });
  const opened = await served.type('incidents', 'open', 'No charts', '-t', 'shop');
  expect(opened.exitCode).toBe(0);
});
afterAll(() => served.close());

describe('an answer as JSON has the keys that its page names:', () => {
  test.each(jsonShapes().map((shape) => ({ ...shape, line: shape.args.join(' ') })))(
    '$line',
    { timeout: 60_000 },
    async ({ args, always, sometimes }) => {
      const { stdout, stderr } = await served.type(...args);
      expect({ stdout, stderr }).not.toMatchObject({ stdout: '' });
      const answer = JSON.parse(stdout) as object | readonly object[];
      const rows = Array.isArray(answer) ? (answer as readonly object[]) : [answer];

      expect(rows.length).toBeGreaterThan(0);
      for (const row of rows) {
        const keys = Object.keys(row);
        expect(always.filter((key) => !keys.includes(key))).toEqual([]);
        expect(keys.filter((key) => ![...always, ...sometimes].includes(key))).toEqual([]);
      }
    },
  );
});
