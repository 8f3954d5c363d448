import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { targetFields } from '../docs/target-fields.ts';

const PAGE = join(import.meta.dirname, '../../docs/target-fields.md');

describe('docs/target-fields.md', () => {
  test('has a row for every key of the schema, with its default, and for no other', () => {
    const asked = targetFields().map(({ path, default: standard = '' }) => `${path} = ${standard}`);

    expect(rows().map(({ key, standard }) => `${key} = ${standard}`)).toEqual(asked);
  });

  test('says what each of them is', () => {
    expect(rows().filter(({ meaning }) => meaning.length < 4)).toEqual([]);
  });
});

function rows() {
  const found = readFileSync(PAGE, 'utf8').matchAll(
    /^\| `(.+?)` +\| (?:`(.*?)`)? *\| (.+?) +\|$/gm,
  );
  return [...found].map(([, key, standard = '', meaning]) => ({
    key: key!,
    standard,
    meaning: meaning!,
  }));
}
