import { describe, expect, test } from 'vitest';
import { unhelpedText } from '../../../src/workflows/parts/treatment/unhelped-text.ts';

const facts = { still: 'It is still slow', word: 'slow', key: 'metrics.responseTime' };

describe('unhelpedText', () => {
  test('says that it is still so where a limit tells', () => {
    expect(unhelpedText({ ...facts, isBad: true, tried: ['optimise'] })).toBe('It is still slow');
  });

  test('claims nothing where no limit tells', () => {
    const text = unhelpedText({ ...facts, isBad: undefined, tried: ['optimise', 'clear'] });

    expect(text).toBe(
      'Nobody can tell whether it is slow: "metrics.responseTime" of the target names no limit. ' +
        'What was tried (optimise, clear) changed little',
    );
    expect(unhelpedText({ ...facts, isBad: undefined, tried: [] })).toMatch(/names no limit$/);
  });
});
