import { describe, expect } from 'vitest';
import { loadTarget } from '../../src/config/load/load.ts';
import { approversOf } from '../../src/config/schema/people.ts';
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
      'Cannot read "contacts.operations.overrides.0.from" in FILE:6: Expected a time with its zone, such as "2026-01-04T09:00:00Z", or "timezone" beside it',
    ],
    [
      'a rotation without a beginning',
      '{ members: [ann], rotation: { every: 7d } }',
      'Cannot read "contacts.operations.rotation" in FILE:6: Expected "since", when the first turn began, or "at", such as "MONDAY 09:00"',
    ],
    [
      'a handover by no clock',
      '{ members: [ann], rotation: { at: "MONDAY 09:00" } }',
      'Cannot read "contacts.operations.rotation.at" in FILE:6: Expected "timezone" beside it: whose clock?',
    ],
    [
      'a handover on a day that does not come each turn',
      '{ members: [ann], rotation: { every: 3d, at: "MONDAY 09:00", timezone: Europe/Berlin } }',
      'Cannot read "contacts.operations.rotation.every" in FILE:6: Expected whole weeks, such as "7d", to hand over each "MONDAY 09:00"',
    ],
    [
      'turns of hours by a clock that changes',
      '{ members: [ann], rotation: { every: 12h, since: "2026-01-05T09:00", timezone: Europe/Berlin } }',
      'Cannot read "contacts.operations.rotation.every" in FILE:6: Expected whole days, such as "1d" or "7d", beside "timezone"',
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

describe('"people"', () => {
  test('have addresses, logins and quiet hours of their own', async ({ directory }) => {
    await write(directory, 'shop', {
      contacts: '{ operations: { members: [ann, ben] } }',
      people:
        '{ ann: { email: ann@example.com, logins: [ann, a@db1], quiet: { hours: "22:00-07:00" } } }',
    });

    const { contacts, people } = loadTarget('shop', directory);

    expect(people['ann']).toEqual({
      email: 'ann@example.com',
      logins: ['ann', 'a@db1'],
      quiet: { hours: '22:00-07:00' },
    });
    expect(approversOf(['operations'], contacts, people)).toEqual([
      { name: 'ann', logins: ['ann', 'a@db1'] },
      { name: 'ben', logins: [] },
    ]);
  });

  test.for<[string, string, string]>([
    [
      'no address',
      '{ ann: { email: ann } }',
      'Cannot read "people.ann.email" in FILE:6: Expected an e-mail address, such as "ops@example.com", found "ann"',
    ],
    [
      'quiet hours without an end',
      '{ ann: { quiet: { hours: "22:00-22:00" } } }',
      'Cannot read "people.ann.quiet.hours" in FILE:6: Expected an end: who is never called is no member',
    ],
    [
      'a misspelt key',
      '{ ann: { emial: ann@example.com } }',
      'Unknown key "people.ann.emial" in FILE:6: did you mean "email"?',
    ],
  ])('are refused with %s', async ([, people, fault], { directory }) => {
    await write(directory, 'shop', { people });

    expect(faultsOf(directory, 'shop')).toEqual([fault]);
  });
});
