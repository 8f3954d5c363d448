import { describe, expect, test } from 'vitest';
import { redacted } from '../../src/os/redacted.ts';

describe('redacted', () => {
  test('hides the password of a URL, also behind a word of any length', () => {
    expect(redacted('see redis://me:secret@host/1')).toBe('see redis://***@host/1');
    expect(redacted(`${'x'.repeat(50)}redis://:secret@host`)).toBe(
      `${'x'.repeat(50)}redis://***@host`,
    );
  });

  test.each([
    ['redis://:pa/ss@host/0', 'redis://***@host/0'],
    ['redis://:p@ss@host', 'redis://***@host'],
    ['redis://host/0?password=hunter2', 'redis://host/0?***'],
    ['redis://host/0?password=p@ss', 'redis://***'],
    ['redis://:pa?ss@host', 'redis://***'],
    ['redis://:pa#ss@host', 'redis://***'],
    ['redis://:pass word@host', 'redis://*** word@host'],
    ['redis://me:cut-of', 'redis://***'],
    ['"redis://:a@host": refused', '"redis://***@host": refused'],
    ['(see http://host/a?page=2&token=x&b=c).', '(see http://host/a?page=2&token=***).'],
    ['http://me:pa/ss@host/a', 'http://***@host/a'],
    ['http://host/a?api_key=p@ss', 'http://host/a?api_key=***'],
  ])('makes of %s %s', (text, expected) => {
    expect(redacted(text)).toBe(expected);
  });

  test.each([
    'http://127.0.0.1:8501/_stcore/health: got 502',
    'rediss://[::1]:6379/0, [::1] and http://[::1]',
    'unix:///run/redis.sock',
    'Expected 2xx from "http://localhost:8501/", got https://a.example/b',
    'https://a.example/@me/b?page=2#c and https://grafana.example/d/x?orgId=1&to=now@day',
    'Error: 12:30 // no address, me@example.org',
  ])('leaves %s as it is', (text) => {
    expect(redacted(text)).toBe(text);
  });

  test('keeps nothing of a password, whatever sign stands in it', () => {
    const signs = ['@', ':', '/', '?', '#', '%', '&', '=', '[', ']', '\\', '"', "'", ')', 'é', '1'];
    const texts = signs.flatMap((one) =>
      signs.flatMap((two) => [
        `see redis://:HUNTER${one}HUNTER${two}HUNTER@redis:6379/0, please`,
        `see redis://me:${one}${two}HUNTER@redis`,
        `see redis://redis:6379/0?password=HUNTER${one}${two}HUNTER`,
        `see https://me:HUNTER${one}HUNTER@a.example/b`,
        `see https://a.example/b?a=b&password=HUNTER${one}${two}HUNTER`,
      ]),
    );

    expect(texts.map(redacted).filter((text) => text.includes('HUNTER'))).toEqual([]);
  });

  test('takes a megabyte without a blank in its stride', () => {
    const begun = performance.now();

    for (const text of ['x', '://', ')', 'a:', '://a:@?', '?pass', '&'])
      redacted(`http://${text.repeat(200_000 / text.length)}`);

    expect(performance.now() - begun).toBeLessThan(2000);
  });
});
