import { describe, expect, test } from 'vitest';
import { Limits } from '../../src/config/schema/on-call/limits.ts';
import { Target } from '../../src/config/schema/target.ts';

describe('incidents.limits', () => {
  test("are GoAlert's figures, where a target says nothing", () => {
    expect(Limits.parse({})).toEqual({
      notes: ['1 per 3m', '3 per 20m', '8 per 2h'],
      calls: ['3 per 15m', '7 per 1h', '15 per 3h'],
      pages: ['5 per 15m', '11 per 1h', '21 per 3h'],
      fresh: ['10 per 1m'],
      wait: '15m',
    });
  });

  test.each([
    ['a rate that is none', { calls: ['3 in 15m'] }],
    ['none at all', { calls: [] }],
    ['no message', { pages: ['0 per 1h'] }],
    ['no time', { pages: ['5 per 0m'] }],
    ['more than is remembered', { pages: ['101 per 1h'] }],
    ['a time that is not remembered', { pages: ['5 per 4h'] }],
    ['a wait of half a day', { wait: '12h' }],
  ])('refuse %s', (_what, limits) => {
    expect(Limits.safeParse(limits).success).toBe(false);
  });
});

describe('incidents.actions', () => {
  test('name a contact that there is', () => {
    const actions = { sev3: { task: 'Fix', to: 'nobody', within: '5d' } };
    const { error } = Target.safeParse({
      name: 'shop',
      directory: '/srv/shop',
      state: '/var/lib/shop',
      runtime: { kind: 'process', command: ['shop'], log: 'shop.log' },
      app: { url: 'http://localhost/', health: 'http://localhost/health' },
      database: { kind: 'sqlite', file: 'shop.db', keyTable: 'orders' },
      backups: { directory: 'backups' },
      incidents: { actions },
    });

    expect(error?.issues.map(({ path, message }) => `${path.join('.')}: ${message}`)).toEqual([
      'incidents.actions.sev3.to: Cannot find contact "nobody" in "contacts"',
    ]);
  });
});
