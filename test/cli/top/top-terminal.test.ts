import { fc, test } from '@fast-check/vitest';
import { describe, expect } from 'vitest';
import { redraw } from '../../../src/cli/verbs/top/redraw.ts';
import { screenModel } from './screen-model.ts';

const COLUMNS = 12;
const ROWS = 6;
const line = fc.string({ unit: fc.constantFrom('a', 'b', '▁', ' '), maxLength: COLUMNS });
const picture = fc.array(line, { maxLength: ROWS });

describe('what top writes to a terminal', () => {
  test.prop([fc.array(picture, { minLength: 1, maxLength: 6 })])(
    'makes it show each picture after the other, whatever stood there before',
    (pictures) => {
      const screen = screenModel(COLUMNS, ROWS);
      screen.write('\u001B[2;1Hleft behind');
      let before: readonly string[] | undefined;
      for (const after of pictures) {
        screen.write(redraw(before, after));
        before = after;

        const expected = Array.from({ length: ROWS }, (_, row) => (after[row] ?? '').trimEnd());
        expect(screen.lines()).toEqual(expected);
      }
    },
  );

  test('keeps the last letter of a row that fills the terminal', () => {
    const screen = screenModel(3, 1);
    screen.write(redraw(undefined, ['abc']));
    screen.write(redraw(['abc'], ['xyz']));

    expect(screen.lines()).toEqual(['xyz']);
  });

  test('is nothing for the same picture, and only the rows that changed for another', () => {
    const before = ['one', 'two', 'three'];

    expect(redraw(before, [...before])).toBe('');
    expect(redraw(before, ['one', 'TWO', 'three'])).toBe(
      '\u001B[?2026h\u001B[2;1H\u001B[0m\u001B[KTWO\u001B[0m\u001B[?2026l',
    );
    expect(redraw(undefined, before)).toMatch(/^\S+\[\?2026h\S+\[2J.*one.*two.*three.*\[\?2026l$/);
  });
});
