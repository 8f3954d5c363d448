import { describe, expect } from 'vitest';
import { loadTarget } from '../../src/config/load/load.ts';
import { faultsOf, test, write } from './small-target.ts';

describe('a contact', () => {
  test('may name who stands in, with or without a rotation', async ({ directory }) => {
    const override = '{ from: "2026-12-24T08:00:00Z", until: "2026-12-27T08:00:00Z", member: dan }';
    await write(directory, 'shop', {
      contacts: `{ operations: { members: [ann], rotation: { since: "2026-01-04T05:00:00Z" }, overrides: [${override}] }, security: { overrides: [${override}] } }`,
    });

    const { operations, security } = loadTarget('shop', directory).contacts;

    expect(operations?.overrides).toEqual([
      { from: '2026-12-24T08:00:00Z', until: '2026-12-27T08:00:00Z', member: 'dan' },
    ]);
    expect(security).toEqual({ members: [], overrides: operations!.overrides });
  });

  test.for<[string, string, string]>([
    [
      'an override that ends when it begins',
      '{ members: [ann], overrides: [{ from: "2026-01-05T00:00:00Z", until: "2026-01-05T00:00:00.000Z", member: dan }] }',
      'Cannot read "contacts.operations.overrides.0.until" in FILE:6: Expected a time after "from"',
    ],
    [
      'an override without a time zone',
      '{ members: [ann], overrides: [{ from: "2026-01-05T00:00", until: "2026-01-06T00:00:00Z", member: dan }] }',
      'Cannot read "contacts.operations.overrides.0.from" in FILE:6: Expected a time, such as "2026-01-04T09:00:00Z", found "2026-01-05T00:00"',
    ],
    [
      'an override of nobody',
      '{ members: [ann], overrides: [{ from: "2026-01-05T00:00:00Z", until: "2026-01-06T00:00:00Z" }] }',
      'Missing key "contacts.operations.overrides.0.member" in FILE:6',
    ],
    [
      'a rotation without members',
      '{ rotation: { since: "2026-01-04T05:00:00Z" } }',
      'Cannot read "contacts.operations" in FILE:6: Expected "members" for its "rotation": nobody could take turns',
    ],
    [
      'turns that are over at once',
      '{ members: [ann], rotation: { every: 0d, since: "2026-01-04T05:00:00Z" } }',
      'Cannot read "contacts.operations.rotation.every" in FILE:6: Expected a length above zero',
    ],
    [
      'a misspelt key, and nothing that follows from it',
      '{ membrs: [ann], rotation: { since: "2026-01-04T05:00:00Z" } }',
      'Unknown key "contacts.operations.membrs" in FILE:6: did you mean "members"?',
    ],
  ])('is refused with %s', async ([, contact, fault], { directory }) => {
    await write(directory, 'shop', { contacts: `{ operations: ${contact} }` });

    expect(faultsOf(directory, 'shop')).toEqual([fault]);
  });
});
