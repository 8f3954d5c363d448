import { createHash } from 'node:crypto';

/**
 * The sha256 of the sha256 of each part of `bytes` bytes, in their order: what S3 calls a composite checksum. So one number of 32 bytes is
 * enough to compare with what lies in a bucket, however many parts there are.
 */
export function openPartsDigest(bytes: number) {
  const whole = createHash('sha256');
  let part = createHash('sha256');
  let room = bytes;

  return {
    add(piece: Uint8Array): void {
      for (let at = 0; at < piece.length;) {
        const taken = piece.subarray(at, at + room);
        part.update(taken);
        at += taken.length;
        room -= taken.length;
        if (room === 0) endPart();
      }
    },
    /** In hex. Once, at the end. */
    digest(): string {
      if (room < bytes) endPart();
      return whole.digest('hex');
    },
  };

  function endPart(): void {
    whole.update(part.digest());
    part = createHash('sha256');
    room = bytes;
  }
}
