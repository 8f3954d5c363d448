import { isUtf8 } from 'node:buffer';
import { readLines } from './read-lines.ts';

/**
 * A piece of an environment file: one line, or several that belong together. `raw` has one character for each byte, the
 * last line feed not among them: what is compared and written is bytes, whatever their encoding.
 */
export interface Piece {
  /** `unclear`: its readers would not all take it for the same assignment, comment or blank, or not end it at the same byte. */
  readonly kind: 'assignment' | 'blank' | 'comment' | 'unclear';
  readonly raw: string;
  /** From 1. */
  readonly line: number;
}

export interface Assignment extends Piece {
  readonly kind: 'assignment';
  /** As bytes, like `raw`. */
  readonly name: string;
  /** With its quotes, and with what some of its readers take for a comment. */
  readonly value: string;
  /** No reader finds a value in it. */
  readonly isEmpty: boolean;
}

export interface Unclear extends Piece {
  readonly kind: 'unclear';
  /** Why, without a word of the line: it "has a quote that does not close". */
  readonly why: string;
  /** Holds nothing: what a power cut leaves of a file. */
  readonly isVoid: boolean;
}

/** The content of a file such as `.env`, byte for byte: `writeEnvFile(readEnvFile(bytes))` equals `bytes`. */
export interface EnvFile {
  /** It begins with a byte order mark. */
  readonly mark: boolean;
  readonly pieces: readonly (Piece | Assignment | Unclear)[];
  /** Its last line has a line feed. */
  readonly ends: boolean;
}

const MARK = '\u00EF\u00BB\u00BF';

/**
 * Reads no value. What counts is where an assignment begins and ends, and what its name is: whatever Compose 1.29 and 2,
 * python-dotenv, dotenv of Node and systemd then make of its value, they make of it wherever it stands.
 */
export function readEnvFile(bytes: Uint8Array): EnvFile {
  const all = Buffer.from(bytes).toString('latin1');
  const mark = all.startsWith(MARK);
  const text = mark ? all.slice(MARK.length) : all;
  const ends = text.endsWith('\n');
  const pieces = text === '' ? [] : readLines(ends ? text.slice(0, -1) : text);
  return { mark, pieces, ends };
}

export function writeEnvFile({ mark, pieces, ends }: EnvFile): Buffer {
  const lines = pieces.map(({ raw }) => raw).join('\n');
  return Buffer.from(`${mark ? MARK : ''}${lines}${ends ? '\n' : ''}`, 'latin1');
}

export function isAssignment(piece: Piece): piece is Assignment {
  return piece.kind === 'assignment';
}

export function isUnclear(piece: Piece): piece is Unclear {
  return piece.kind === 'unclear';
}

/** Every assignment of each name, in their order: the last one counts, and what comes between may refer to one before. */
export function assignmentsOf({ pieces }: Pick<EnvFile, 'pieces'>): Map<string, Assignment[]> {
  return Map.groupBy(pieces.filter(isAssignment), ({ name }) => name);
}

/** For people. */
export function textOf(raw: string): string {
  const bytes = Buffer.from(raw, 'latin1');
  return isUtf8(bytes) ? bytes.toString() : raw;
}
