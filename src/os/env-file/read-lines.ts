import { endOfValue } from './end-of-value.ts';
import type { Assignment, Piece, Unclear } from './env-file.ts';
import { afterContinued, endOfLine, goesOn, withoutReturn } from './lines.ts';

type Read = Piece | Assignment | Unclear;

/** `name`, then `=` or, as Compose 2 and dotenv of Node have it, `: `. A name with bytes beyond ASCII is looked at again. */
const ASSIGNMENT =
  /^[ \t]*(?:export[ \t]+)?(?<name>[\w.\-\u0080-\u00FF]+)(?<space>[ \t]*)(?<sign>=|:(?=[ \t]+[^\s#]))[ \t]*/;

/** Takes a file apart into pieces that every reader takes apart so. `text` has one character for each byte. */
export function readLines(text: string): Read[] {
  const pieces: Read[] = [];
  let line = 1;
  for (let at = 0; at <= text.length;) {
    const piece = pieceAt(text, at, line);
    pieces.push(beginsWithQuote(piece.raw) ? withTheEmptyBefore(pieces, piece) : piece);
    at += piece.raw.length + 1;
    line += piece.raw.split('\n').length;
  }
  return pieces;
}

function pieceAt(text: string, at: number, line: number): Read {
  const end = endOfLine(text, at);
  const raw = text.slice(at, end);
  const body = withoutReturn(raw);
  if (/^\0+$/.test(raw)) return unclear(end, 'is nothing but NUL bytes', true);
  if (body.includes('\0')) return unclear(unclearUntil(), 'has a NUL byte, as UTF-16 has');
  if (body.includes('\r')) return unclear(unclearUntil(), 'has a carriage return within');
  if (/^[ \t\v\f]*$/.test(body)) return { kind: 'blank', raw, line };
  if (/^[ \t]*#/.test(body) && goesOn(body))
    return unclear(afterContinued(text, at), 'is a comment that ends with a backslash');
  if (/^[ \t]*#/.test(body)) return { kind: 'comment', raw, line };
  const found = ASSIGNMENT.exec(body);
  const { name = '', space = '', sign = '' } = found?.groups ?? {};
  if (!found || (name === 'export' && space !== '') || !isName(name))
    return unclear(unclearUntil(), 'is no assignment that every reader takes for one');
  const start = at + found[0].length;
  const { end: last, fault } = endOfValue(text, start);
  if (fault !== undefined) return unclear(last, fault);
  const whole = text.slice(at, last);
  // dotenv of Node knows no other letters, and reads line after line.
  if ((sign === ':' || /[^\w.-]/.test(name)) && whole.includes('\n'))
    return unclear(text.length, 'has a value of several lines after a colon or an unusual name');
  const value = withoutReturn(text.slice(start, last));
  const isEmpty = /^(?:|""|'')[ \t]*$/.test(value);
  return { kind: 'assignment', raw: whole, line, name, value, isEmpty };

  function unclear(until: number, why: string, isVoid = false): Unclear {
    // After a colon, dotenv of Node takes the next line for its value.
    const goesOver =
      until < text.length && /:[ \t\r]*$/.test(text.slice(Math.max(at, until - 99), until));
    const last = goesOver ? endOfLine(text, until + 1) : until;
    return { kind: 'unclear', raw: text.slice(at, last), line, why, isVoid };
  }

  /** As far as any reader could go on from here. */
  function unclearUntil(): number {
    if (beginsWithQuote(raw) || (/[\0\r]/.test(body) && /["'`]/.test(body))) return text.length;
    const sign = /=[ \t]*/.exec(body);
    const value = sign ? endOfValue(text, at + sign.index + sign[0].length).end : end;
    return Math.max(value, afterContinued(text, at));
  }
}

function beginsWithQuote(raw: string): boolean {
  return /^[ \t\r]*["'`]/.test(raw);
}

/** Where a value is missing, dotenv of Node takes it from the next line that is not blank. */
function withTheEmptyBefore(pieces: Read[], piece: Read): Unclear {
  const last = pieces.findLastIndex(({ kind }) => kind !== 'blank');
  const before = pieces[last];
  const joined = before && 'isEmpty' in before && before.isEmpty ? pieces.splice(last) : [];
  return {
    kind: 'unclear',
    raw: [...joined, piece].map(({ raw }) => raw).join('\n'),
    line: (joined[0] ?? piece).line,
    why: 'begins with a quote',
    isVoid: false,
  };
}

/** Of letters and digits: Compose 2 reads no line of a file that has another name. */
function isName(name: string): boolean {
  return /^[\p{L}\p{N}_.-]+$/u.test(Buffer.from(name, 'latin1').toString());
}
