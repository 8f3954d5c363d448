import { describe, expect, test } from 'vitest';
import { expectOpenWindow } from '../../src/cli/input/expect-open-window.ts';
import type { SqliteTarget } from '../../src/config/schema/target.ts';
import { UsageError } from '../../src/config/usage-error.ts';

const window = {
  calendar: 'daily',
  start: '02:00',
  duration: '2h',
  cutoff: '30m',
  timezone: 'UTC',
} as const;
const target = { name: 'shop', maintenance: { window, chores: [] } } as unknown as SqliteTarget;
const at = (time: string) => () => expectOpenWindow(target, new Date(`2026-01-05T${time}Z`));

describe('expectOpenWindow', () => {
  test('lets a runbook begin from the opening to the cutoff', () => {
    expect(at('02:00:00.000')).not.toThrow();
    expect(at('03:29:59.999')).not.toThrow();
  });

  test.for([
    ['01:59:59.999', 'is closed: the next is from 2026-01-05T02:00:00.000Z to'],
    ['03:30:00.000', 'nothing begins after 2026-01-05T03:30:00.000Z'],
    ['04:00:00.000', 'is closed: the next is from 2026-01-06T02:00:00.000Z to'],
  ] as const)('refuses it at %s, and says how to begin all the same', ([time, text]) => {
    expect(at(time)).toThrow(UsageError);
    expect(at(time)).toThrow(text);
  });
});
