import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect } from 'vitest';
import { readInclude, writeInclude } from '../../../src/activities/runtime/door/include.ts';
import { test } from '../../support/target.ts';

describe('a file that the proxy includes', () => {
  test('is read as it was written, and is not there before', ({ directory }) => {
    const file = join(directory, 'door.conf');

    expect(readInclude(file)).toBeUndefined();
    expect(readInclude(join(directory, 'none', 'door.conf'))).toBeUndefined();
    writeInclude(file, '# ours\n', 'proxy.drain.include');
    expect(readInclude(file)).toBe('# ours\n');
  });

  test('is none of ours when it is large, a link or a directory, and is left alone', ({
    directory,
  }) => {
    const [large, link, place] = ['large', 'link', 'place'].map((name) => join(directory, name));
    writeFileSync(large!, '#'.repeat(65_537));
    symlinkSync(large!, link!);
    mkdirSync(place!);

    expect(() => readInclude(large!)).toThrow('is no file of ours, and stays as it is');
    expect(() => readInclude(link!)).toThrow(/^Cannot read ".*link": ".*" is a link/);
    expect(() => readInclude(place!)).toThrow(/^Cannot read ".*place": ".*" is no regular file/);
  });
});
