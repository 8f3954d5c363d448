import { describe, expect, test } from 'vitest';
import { readSources, sourceOfHeader } from '../../src/gateway/intake/sources.ts';

const ONE = 'one:aaaaaaaaaaaaaaaa';
const TWO = 'two:bbbbbbbbbbbbbbbb:with-a-colon';

describe('readSources', () => {
  test('reads a token for each source', () => {
    expect(readSources(`${ONE}\n ${TWO} `)).toEqual([
      { name: 'one', token: 'aaaaaaaaaaaaaaaa' },
      { name: 'two', token: 'bbbbbbbbbbbbbbbb:with-a-colon' },
    ]);
    expect(readSources(undefined)).toEqual([]);
  });

  test.for([
    ['aaaaaaaaaaaaaaaaaaaaaa', 'entry 1 is not "name:token"'],
    [`${ONE} Two:aaaaaaaaaaaaaaaaa`, 'entry 2 is not "name:token"'],
    ['one:aaaaaaaaaaaaaaa', 'the token of "one" has less than 16 letters'],
    [`${ONE} ${ONE}`, '"one" is named twice'],
  ])('refuses "%s", without quoting a token', ([text, reason]) => {
    const read = () => readSources(text);

    expect(read).toThrow(`Cannot read RUNBOOK_GATEWAY_TOKENS: ${reason}`);
    expect(read).not.toThrow(/aaa/);
  });
});

describe('sourceOfHeader', () => {
  const sources = readSources(`${ONE} ${TWO}`);
  const basic = (text: string) => `Basic ${Buffer.from(text).toString('base64')}`;

  test.for([
    ['Bearer aaaaaaaaaaaaaaaa', 'one'],
    ['bearer bbbbbbbbbbbbbbbb:with-a-colon', 'two'],
    [basic('any:aaaaaaaaaaaaaaaa'), 'one'],
    [basic(':bbbbbbbbbbbbbbbb:with-a-colon'), 'two'],
    [basic('aaaaaaaaaaaaaaaa'), undefined],
    ['aaaaaaaaaaaaaaaa', undefined],
    ['Bearer aaaaaaaaaaaaaaab', undefined],
    ['Bearer', undefined],
    [undefined, undefined],
  ] as const)('takes %j for %j', ([header, name]) => {
    expect(sourceOfHeader(header, sources)).toBe(name);
  });

  test('takes nobody for a source when there is none', () => {
    expect(sourceOfHeader('Bearer ', [])).toBeUndefined();
  });
});
