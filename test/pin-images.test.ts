import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { FILES, pin, unpinned } from '../scripts/pin-images.ts';

const DIGEST = `sha256:${'0f'.repeat(32)}`;

describe('pin', () => {
  test.each(FILES)(
    'gives each image in %s the digest of its tag, and a newer one later',
    (file) => {
      const text = readFileSync(file, 'utf8');
      const pinned = pin(text, () => DIGEST);
      const renewed = pin(pinned, (image) => {
        expect(image).not.toContain('@');
        return DIGEST.replaceAll('0', '1');
      });

      expect(pinned).not.toBe(text);
      expect(unpinned(pinned)).toEqual([]);
      expect(renewed).toBe(pinned.replaceAll(DIGEST, DIGEST.replaceAll('0', '1')));
      expect(pinned.replaceAll(`@${DIGEST}`, '')).toBe(
        text.replaceAll(/@sha256:[0-9a-f]{64}/g, ''),
      );
    },
  );
});

describe('unpinned', () => {
  test('tells an image that has a tag alone, none, or a digest cut short', () => {
    const text = ['a:1', 'b', `c:1@${DIGEST}`, 'd@sha256:0f'].map((one) => `    image: ${one}\n`);

    expect(unpinned(text.join(''))).toEqual(['a:1', 'b', 'd@sha256:0f']);
  });

  test.each(FILES)('overlooks no image of others in %s', (file) => {
    const text = readFileSync(file, 'utf8');
    const lines = text.match(/^(ARG \w*IMAGE|FROM|\s+image:).*$/gm) ?? [];
    const others = lines.filter((line) => !line.startsWith('FROM ${'));

    const seen = pin(text, () => DIGEST).match(new RegExp(DIGEST, 'g'));

    expect(seen).toHaveLength(others.length);
  });
});
