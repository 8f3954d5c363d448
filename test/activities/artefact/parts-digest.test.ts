import { createHash } from 'node:crypto';
import { fc, test as property } from '@fast-check/vitest';
import { describe, expect } from 'vitest';
import { openPartsDigest } from '../../../src/activities/artefact/parts-digest.ts';

describe('openPartsDigest', () => {
  property.prop([
    fc.array(fc.uint8Array({ maxLength: 40 }), { maxLength: 12 }),
    fc.integer({ min: 1, max: 50 }),
  ])('is the sha256 of the sha256 of each part, however the bytes come', (pieces, size) => {
    const digest = openPartsDigest(size);

    for (const piece of pieces) digest.add(piece);

    expect(digest.digest()).toBe(naive(Buffer.concat(pieces), size));
  });

  function naive(all: Buffer, size: number): string {
    const hashes: Buffer[] = [];
    for (let at = 0; at < all.length; at += size)
      hashes.push(
        createHash('sha256')
          .update(all.subarray(at, at + size))
          .digest(),
      );
    return createHash('sha256').update(Buffer.concat(hashes)).digest('hex');
  }
});
