import { createHash } from 'node:crypto';
import { readSync } from 'node:fs';
import { z } from 'zod';
import type { LogPart } from './open-log.ts';

/** How far a file of a log has been read, and what tells it from all others: its content. Its inode is only a hint. */
export const Cursor = z.object({
  inode: z.string(),
  /** In bytes, of what is not compressed. */
  offset: z.int().min(1),
  /** Of the first bytes, at most 1024. */
  head: z.object({ bytes: z.int().min(1).max(1024), sha256: z.string() }),
  /** Of the 256 bytes before the offset. */
  before: z.string(),
  /** The offset lies inside a line whose beginning was read, and which was too long for more. */
  insideLine: z.boolean(),
  /** Of a file that is compressed, which nobody writes to any more: so it need not be read again to know it. */
  packed: z.string().optional(),
  /** Whether it was the log itself, and not what was rotated. */
  live: z.boolean(),
  /** When a file of it was last seen. In ms since 1970. */
  seen: z.number(),
});
export type Cursor = Readonly<z.infer<typeof Cursor>>;

const HEAD = 1024;
const BEFORE = 256;

type Facts = Pick<Cursor, 'insideLine' | 'live' | 'seen'>;

/** Of a plain file. Undefined when nothing of it has been read. */
export function cursorAt(part: LogPart, offset: number, facts: Facts): Cursor | undefined {
  if (offset < 1) return undefined;
  const bytes = Math.min(HEAD, offset);
  return {
    inode: part.stats.ino.toString(),
    offset,
    head: { bytes, sha256: hashOf(part.fd, 0, bytes) },
    before: hashOf(part.fd, Math.max(0, offset - BEFORE), Math.min(BEFORE, offset)),
    ...facts,
  };
}

/** Of a compressed file that was read to its end. */
export function packedCursor(
  part: LogPart,
  { bytes, head, tail }: Ends,
  seen: number,
): Cursor | undefined {
  if (bytes < 1) return undefined;
  return {
    inode: part.stats.ino.toString(),
    offset: bytes,
    head: { bytes: head.length, sha256: sha256(head) },
    before: sha256(tail),
    insideLine: false,
    live: false,
    packed: packedKey(part),
    seen,
  };
}

/** The beginning and the end of bytes that have come by. */
export interface Ends {
  readonly bytes: number;
  /** At most 1024 bytes. */
  readonly head: Buffer;
  /** At most 256 bytes. */
  readonly tail: Buffer;
}

/** Follows bytes that come by only once. */
export function openEnds() {
  let bytes = 0;
  let head: Buffer = Buffer.alloc(0);
  let tail: Buffer = Buffer.alloc(0);
  return {
    add(piece: Buffer): void {
      bytes += piece.length;
      if (head.length < HEAD) head = Buffer.concat([head, piece.subarray(0, HEAD - head.length)]);
      tail =
        piece.length >= BEFORE
          ? Buffer.from(piece.subarray(-BEFORE))
          : Buffer.concat([tail, piece]).subarray(-BEFORE);
    },
    ends: (): Ends => ({ bytes, head, tail }),
  };
}

/** Whether bytes that have come by are those that the cursor has read. */
export function isAt(cursor: Cursor, { bytes, head, tail }: Ends): boolean {
  return (
    bytes === cursor.offset &&
    sha256(head.subarray(0, cursor.head.bytes)) === cursor.head.sha256 &&
    sha256(tail) === cursor.before
  );
}

/** Whether a plain file begins with all that the cursor has read. */
export function isOf(cursor: Cursor, { fd, stats }: LogPart): boolean {
  const { offset, head, before } = cursor;
  return (
    Number(stats.size) >= offset &&
    hashOf(fd, 0, head.bytes) === head.sha256 &&
    hashOf(fd, Math.max(0, offset - BEFORE), Math.min(BEFORE, offset)) === before
  );
}

/** What tells a compressed file from others without unpacking it. */
export function packedKey({ fd, stats }: LogPart): string {
  return `${stats.size}:${hashOf(fd, 0, HEAD)}:${hashOf(fd, Math.max(0, Number(stats.size) - HEAD), HEAD)}`;
}

/** Whether the content of one plain file is the beginning of another's: a copy that is followed by a cut. */
export function isBeginningOf(one: LogPart, other: LogPart): boolean {
  const size = Number(one.stats.size);
  if (Number(other.stats.size) < size || size === 0) return false;
  return [0, size - HEAD].every((at) => {
    const from = Math.max(0, at);
    const bytes = Math.min(HEAD, size - from);
    return hashOf(one.fd, from, bytes) === hashOf(other.fd, from, bytes);
  });
}

function hashOf(fd: number, position: number, bytes: number): string {
  const buffer = Buffer.alloc(bytes);
  const count = readSync(fd, buffer, 0, bytes, position);
  return sha256(buffer.subarray(0, count));
}

function sha256(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex').slice(0, 32);
}
