import { describe, expect, test } from 'vitest';
import { withoutPassword } from '../../src/config/text/without-password.ts';

const SECRET = 'HUNTER';

describe('withoutPassword', () => {
  test.each([
    ['redis://redis:6379/0', 'redis://redis:6379/0'],
    ['rediss://[::1]:6379', 'rediss://[::1]:6379'],
    ['unix:///run/redis.sock', 'unix:///run/redis.sock'],
  ])('leaves %s as it is', (text, url) => {
    expect(withoutPassword(text)).toEqual({ url, isSecret: false });
  });

  test.each([
    ['redis://u:pw@redis:6379', 'redis://redis:6379'],
    ['redis://:p@ss-tail@redis:6379/0', 'redis://redis:6379/0'],
    ['redis://:pa/ss@redis:6379/0', 'redis://redis:6379/0'],
    ['redis://redis:6379/0?password=hunter2', 'redis://redis:6379/0'],
    ['redis://redis:6379/0?password=p@ss', 'redis://unknown'],
    ['redis://:pa?ss@redis', 'redis://unknown'],
    ['unix://:pw@/run/redis.sock?db=1', 'unix:///run/redis.sock'],
  ])('makes of %s %s', (text, url) => {
    expect(withoutPassword(text)).toEqual({ url, isSecret: true });
  });

  test('keeps nothing of a password, whatever stands in it and wherever it stands', () => {
    const signs = ['@', ':', '/', '?', '#', '%', '&', '=', '[', ']', '\\', ' ', '\n', 'é', '1'];
    const passwords = signs.flatMap((one) =>
      signs.flatMap((two) => [
        `${SECRET}${one}${SECRET}${two}${SECRET}`,
        `${one}${SECRET}${two}`,
        `${one}${two}${SECRET}`,
      ]),
    );
    const kept = passwords
      .flatMap((password) => [
        `redis://:${password}@redis:6379/0`,
        `redis://${password}@redis`,
        `rediss://me:${password}@[::1]:6379/0?timeout=1`,
        `redis://redis:6379/0?password=${password}`,
        `redis://redis?a=b&password=${password}#x`,
      ])
      .map((text) => [text, withoutPassword(text)] as const)
      .filter(([, { url, isSecret }]) => url.includes(SECRET) || !isSecret);

    expect(kept).toEqual([]);
  });
});
