import { describe, expect } from 'vitest';
import { loadTarget } from '../../src/config/load/load.ts';
import { faultsOf, test, write } from './small-target.ts';

describe('what happens again and again in an incident', () => {
  test.for([
    '{ repeat: 0s }',
    '{ repeat: { sev1: 1h, sev2: 0m, sev3: 1h, sev4: 1h } }',
    '{ acknowledged: 0h }',
    '{ updates: { to: operations, every: 0d } }',
    '{ review: { to: operations, within: 0s } }',
  ])('does so after some time: refuses %s', async (incidents, { directory }) => {
    await write(directory, 'shop', { incidents, contacts: '{ operations: { members: [ana] } }' });

    expect(faultsOf(directory, 'shop').join('\n')).toContain('Expected a length above zero');
  });

  test('may be over at once when it stays away', async ({ directory }) => {
    await write(directory, 'shop', { incidents: '{ hold: 0s }' });

    expect(loadTarget('shop', directory).incidents.hold).toBe('0s');
  });
});
