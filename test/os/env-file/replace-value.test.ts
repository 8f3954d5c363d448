import { fc, test as property } from '@fast-check/vitest';
import { describe, expect, test } from 'vitest';
import { readEnvFile, writeEnvFile } from '../../../src/os/env-file/env-file.ts';
import { plainValueOf } from '../../../src/os/env-file/replace-value.ts';
import { dialects, NEW } from './dialects.ts';

const unclear: readonly (readonly [what: string, text: string, why: string])[] = [
  ['two assignments', 'KEY=old\nA=1\nKEY=other\n', 'it is assigned twice, in line 1 and 3'],
  ['a "$"', 'KEY=o$ld\n', 'line 1 has a "$" in its value'],
  ['a "#"', 'A=1\nKEY=o#ld\n', 'line 2 has a "#" in its value'],
  ['several lines', 'KEY="o\nld"\n', 'line 1 has a value of several lines'],
  ['a backslash', 'KEY="o\\nld"\n', 'line 1 has a backslash'],
  ['nothing', 'KEY=\n', 'line 1 has no value'],
  ['no such name', 'A=1\n', 'it is not assigned'],
  ['an open quote', 'KEY="old\nA=1\n', 'line 1, which names it, is not clear to all readers'],
  ['text behind its quote', 'KEY="old"x\n', 'line 1, which names it, is not clear to all readers'],
];

describe('plainValueOf', () => {
  test.each(dialects)('replaces a value, and no other byte, with %s', (_, before, after) => {
    const found = plainValueOf(readEnvFile(bytes(before)), 'KEY');

    expect(found.value).toMatch(/^o\$?ld$/);
    expect(text(writeEnvFile(found.replacedBy(NEW)))).toBe(after);
  });

  test.each(unclear)('refuses %s, and repeats nothing of it', (_, before, why) => {
    const replacing = () => plainValueOf(readEnvFile(bytes(before)), 'KEY');

    expect(replacing).toThrow(why);
    expect(replacing).not.toThrow(/old/);
  });

  test('takes no new value that a reader could take otherwise', () => {
    const found = plainValueOf(readEnvFile(bytes('KEY=old\n')), 'KEY');

    expect(() => found.replacedBy('a b')).toThrow('the new one has other letters');
  });

  const line = fc.stringMatching(/^[ -~\t\r]{0,30}$/);
  property.prop([
    fc.array(line, { maxLength: 6 }),
    fc.array(line, { maxLength: 6 }),
    fc.constantFrom('KEY=old', 'export KEY="old"', "KEY='old' # c", 'KEY=old\r'),
  ])('gives back the file of before when the old value is put back', (head, tail, own) => {
    const before = [...head, own, ...tail].join('\n');
    let found;
    try {
      found = plainValueOf(readEnvFile(bytes(before)), 'KEY');
    } catch {
      return; // what others have written around it makes it unclear
    }

    const replaced = plainValueOf(readEnvFile(writeEnvFile(found.replacedBy(NEW))), 'KEY');

    expect(replaced.value).toBe(NEW);
    expect(text(writeEnvFile(replaced.replacedBy(found.value)))).toBe(before);
  });

  function bytes(latin1: string): Buffer {
    return Buffer.from(latin1, 'latin1');
  }

  function text(buffer: Buffer): string {
    return buffer.toString('latin1');
  }
});
