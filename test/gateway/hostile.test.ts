import { describe, expect, test } from 'vitest';
import { withstand } from './support/withstand.ts';

describe('the gateway', () => {
  test('withstands 300 hostile requests, and opens no incident for strangers', async () => {
    expect(await withstand(300)).toEqual({ opened: 0, health: 200 });
  });
});
