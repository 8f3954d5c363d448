import { describe, expect, test } from 'vitest';
import {
  canonicalBlock,
  maskOf,
  networkOf,
  overlap,
} from '../../../src/activities/security/block/network.ts';
import { proposeBlocks } from '../../../src/activities/security/block/propose.ts';
import { isTooWide } from '../../../src/activities/security/block/widest.ts';
import { Security } from '../../../src/config/schema/security/security.ts';
import { test as withTarget } from '../../support/target.ts';

describe('canonicalBlock', () => {
  test.each([
    ['203.0.113.7', '203.0.113.7'],
    ['203.0.113.7/32', '203.0.113.7'],
    ['203.0.113.7/24', '203.0.113.0/24'],
    ['2001:DB8:0:0::7/128', '2001:db8::7'],
    ['2001:db8:0:1::7/64', '2001:db8:0:1::/64'],
    ['::ffff:203.0.113.7/120', '203.0.113.0/24'],
    ['0.0.0.0/0', '0.0.0.0/0'],
  ])('has one spelling: %s', (text, canonical) => {
    expect(canonicalBlock(text)).toBe(canonical);
  });

  test.each([
    '203.0.113.7/33',
    '203.0.113.7/-1',
    '203.0.113.7/024',
    '203.0.113.7/',
    '203.0.113.0/24/24',
    '203.0.113.0/24 }; flush ruleset',
    'fe80::1%eth0/64',
    '::ffff:203.0.113.7/80',
    '010.1.1.1',
    '',
  ])('takes nothing else: %s', (text) => {
    expect(canonicalBlock(text)).toBeUndefined();
  });
});

describe('overlap', () => {
  test.each([
    ['203.0.113.0/24', '203.0.113.7', true],
    ['203.0.113.7', '203.0.113.0/24', true],
    ['203.0.113.0/25', '203.0.113.128/25', false],
    ['203.0.113.0/24', '2001:db8::/32', false],
    ['2001:db8::/32', '2001:db8:ffff::1', true],
    ['0.0.0.0/0', '203.0.113.7', true],
  ])('of %s and %s is %s', (one, other, is) => {
    expect(overlap(networkOf(one)!, networkOf(other)!)).toBe(is);
  });
});

test('maskOf has as many bits as count', () => {
  expect(maskOf({ family: 'ipv4', length: 20 })).toBe('255.255.240.0');
  expect(maskOf({ family: 'ipv6', length: 61 })).toBe('ffff:ffff:ffff:fff8::');
});

test('isTooWide keeps whole providers from being blocked', () => {
  expect(['203.0.0.0/16', '203.0.0.0/15', '2001:db8::/32', '2000::/3'].map(isTooWide)).toEqual([
    false,
    true,
    false,
    true,
  ]);
});

describe('proposeBlocks', () => {
  withTarget('spares a network that holds one whom we need, and says which', async ({ target }) => {
    target.security = Security.parse({ never: ['198.51.100.9', '2001:db8:1::/48'] });

    const { addresses, spared } = await proposeBlocks(target, [
      '198.51.100.0/24',
      '127.0.0.0/16',
      '2001:db8::/32',
      '203.0.113.9/24',
      '203.0.113.7',
    ]);

    expect(addresses).toEqual(['203.0.113.0/24', '203.0.113.7']);
    expect(spared).toEqual([
      '198.51.100.0/24: of an address in it: "never" of the target names it',
      '127.0.0.0/16: of an address in it: it is an address of this host',
      '2001:db8::/32: of an address in it: "never" of the target names it',
    ]);
  });

  withTarget('says what to name instead of what is too wide, or nothing', async ({ target }) => {
    await expect(proposeBlocks(target, ['203.0.0.0/8'])).rejects.toMatchObject({
      type: 'InvalidInput',
      message: expect.stringMatching(/too much to block: name networks of at most \/16/),
    });
    await expect(proposeBlocks(target, ['203.0.113'])).rejects.toMatchObject({
      type: 'InvalidInput',
      message: expect.stringContaining('"203.0.113.0/24"'),
    });
  });
});
