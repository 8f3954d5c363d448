import { relative } from 'node:path';
import type { Target } from '../../../config/schema/target.ts';
import { countText } from '../../../config/text/count-text.ts';
import { inMebibytes } from '../../../os/files/disk-space.ts';
import { type LogPart, withLog } from '../../logs/read/open-log.ts';
import type { Source } from '../../logs/read/pump.ts';
import { packedSource, plainSource } from '../../logs/read/sources.ts';
import { type Hits, KINDS, openPatterns, type PersonalKind } from './patterns.ts';

/** How often what looks like personal data is in the logs, and where. Never what it is. */
export interface PersonalData {
  readonly found: Readonly<Record<PersonalKind, number>>;
  /** `logs/app.log:17`, the first of each kind. */
  readonly places: readonly { readonly kind: PersonalKind; readonly place: string }[];
  readonly files: number;
  readonly bytes: number;
  /** What was not read, and why: sentences. Not empty: it is not known that there is none. */
  readonly unread: readonly string[];
  readonly note: string;
}

/** One of each kind, made up: what does not find these finds nothing, and says nothing by that. */
const CONTROL =
  'mail ada@example.com, tel +61 2 9555 0100, card 4111 1111 1111 1111, password=hunter2hunter2\n';
const CHUNK = 2 ** 20;
/** A line is cut at the end of a piece: so much of it is read with the next one, too. */
const OVERLAP = 512;
const MAX_PLACES = 10;
/** Of what a compressed file unpacks to. */
const MAX_BYTES = 16 * 2 ** 30;
const NEWLINE = 10;

/** Looks through all logs of the target and what was rotated of them. */
export async function personalDataIn(target: Target): Promise<PersonalData> {
  const unread: string[] = [];
  const places: { kind: PersonalKind; place: string }[] = [];
  const found = Object.fromEntries(KINDS.map((kind) => [kind, 0])) as Record<PersonalKind, number>;
  let files = 0;
  let bytes = 0;
  if (!isControlFound()) unread.push('What looks for it does not find what it must find');
  for (const log of target.logs) {
    try {
      await withLog(target, log.file, async ({ live, rotated, refused }) => {
        unread.push(...refused);
        if (!live && rotated.length === 0 && refused.length === 0)
          unread.push(`There is no "${log.file}"`);
        for (const part of [...(live ? [live] : []), ...rotated]) await scan(part);
      });
    } catch (error) {
      unread.push((error as Error).message);
    }
  }
  const all = KINDS.filter((kind) => found[kind] > 0).map((kind) => `${found[kind]} ${kind}`);
  return {
    found,
    places,
    files,
    bytes,
    unread,
    note: `${all.join(', ') || 'None found'} in ${inMebibytes(bytes)} of ${countText(files, 'file')}`,
  };

  async function scan(part: LogPart): Promise<void> {
    const name = relative(target.directory, part.file);
    const { hits, length, why } = await scanPart(part);
    files += 1;
    bytes += length;
    if (why !== undefined) unread.push(`"${name}" ${why}`);
    const wanted = KINDS.flatMap((kind) => {
      found[kind] += hits[kind].count;
      const room = MAX_PLACES - places.filter((one) => one.kind === kind).length;
      return hits[kind].offsets.slice(0, Math.max(0, room)).map((offset) => ({ kind, offset }));
    }).toSorted((one, other) => one.offset - other.offset);
    if (wanted.length === 0) return;
    const lines = await linesAt(
      part,
      wanted.map(({ offset }) => offset),
    );
    places.push(...wanted.map(({ kind }, at) => ({ kind, place: `${name}:${lines[at]}` })));
  }
}

function isControlFound(): boolean {
  const patterns = openPatterns(1);
  patterns.scan(CONTROL, 0, CONTROL.length, 0);
  return KINDS.every((kind) => patterns.hits()[kind].count === 1);
}

async function scanPart(
  part: LogPart,
): Promise<{ hits: Hits; length: number; why: string | undefined }> {
  const patterns = openPatterns(MAX_PLACES);
  let rest = '';
  let offset = 0;
  // Of `rest`, what was looked through already: what stands before a hit tells whether it is one.
  let begin = 0;
  const { length, why } = await eachPiece(part, (piece) => {
    // A letter for each byte: what is looked for is of ASCII.
    const text = rest + piece.toString('latin1');
    // What begins in the last letters is found with what follows it.
    const end = Math.max(0, text.length - OVERLAP);
    const kept = Math.max(0, end - 1);
    patterns.scan(text, begin, end, offset);
    rest = text.slice(kept);
    offset += kept;
    begin = end - kept;
  });
  patterns.scan(rest, begin, rest.length, offset);
  return { hits: patterns.hits(), length, why };
}

/** Numbers of the lines in which these bytes lie: the file is read once more, up to the last of them. */
async function linesAt(part: LogPart, offsets: readonly number[]): Promise<number[]> {
  const lines: number[] = [];
  let line = 1;
  let position = 0;
  await eachPiece(part, (piece) => {
    let start = 0;
    while (lines.length < offsets.length) {
      const at = offsets[lines.length]! - position;
      if (at >= piece.length) break;
      line += countNewlines(piece, start, at);
      start = at;
      lines.push(line);
    }
    if (lines.length === offsets.length) return false;
    line += countNewlines(piece, start, piece.length);
    position += piece.length;
    return true;
  });
  return lines;
}

function countNewlines(piece: Buffer, from: number, to: number): number {
  let count = 0;
  for (
    let at = piece.indexOf(NEWLINE, from);
    at >= 0 && at < to;
    at = piece.indexOf(NEWLINE, at + 1)
  )
    count += 1;
  return count;
}

async function eachPiece(
  part: LogPart,
  take: (piece: Buffer) => boolean | void,
): Promise<{ length: number; why: string | undefined }> {
  const packed = part.packed ? packedSource(part) : undefined;
  const source: Source = packed ?? plainSource(part, 0, Number(part.stats.size));
  const buffer = Buffer.allocUnsafe(CHUNK);
  let length = 0;
  try {
    for (;;) {
      const count = await source.read(buffer);
      if (count === 0) break;
      length += count;
      if (take(buffer.subarray(0, count)) === false) break;
      if (length > MAX_BYTES) return { length, why: 'is larger than is read' };
    }
  } finally {
    packed?.close();
  }
  return { length, why: packed?.isBroken() === true ? 'is cut off, or damaged' : undefined };
}
