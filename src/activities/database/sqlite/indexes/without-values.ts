import { type SqlToken, tokensOf } from '../dump/sql-tokens.ts';

/** `spaced`: a space or a comment stands before it. */
interface Piece extends SqlToken {
  readonly spaced: boolean;
}

/** The signs that a statement of SQLite may have outside its quotes. A semicolon ends it. */
const SIGN = /^[()*+,./<=>?@#:%&|~!-]$/;
const ENDS_BY = /^(limit|having|window|union|except|intersect|rows|range|groups)$/i;
const AFTER_ORDINAL = /^([,)]|asc|desc|nulls|limit|having|order|window|union|except|intersect)$/i;

/**
 * The statement in one line, of keywords, names and operators only: `?` stands for each value and each placeholder, wherever it is,
 * because it is the application's data and may name people. What stays of numbers are the places of `order by 2`, of at most two digits.
 *
 * A double-quoted word is a name or a text, and only the schema knows which: it stays when it is one of `names` (in small letters), or can
 * be nothing else where it stands. What no statement of SQLite has, such as a quote without an end, ends it: the rest is the log's.
 */
export function withoutValues(sql: string, names: ReadonlySet<string> = new Set()): string {
  // What Python's drivers write for a placeholder.
  const pieces = piecesOf(sql.replaceAll(/%\(\w+\)s|%s(?![\w$])/g, '?'));
  const told = namesTold(pieces);
  const parts: string[] = [];
  let depth = 0;
  let listedBy: number | undefined;
  let listedIn: number | undefined;
  for (let at = 0; at < pieces.length;) {
    const { text: piece, kind, spaced } = pieces[at]!;
    const before = pieces[at - 1]?.text ?? '';
    const end = valueEnd(pieces, at);
    if (end > at) {
      const place = listedBy === depth && isPlace(pieces, at, end);
      put(place || isEscape(before, piece) ? piece : isAs(before) ? '"?"' : '?', spaced);
      at = end;
      continue;
    }
    const more = listedIn === depth && piece === ',' ? nextValueEnd(pieces, at) : at;
    if (more > at && parts.at(-1) === '?') {
      at = more;
      continue;
    }
    if (kind === 'quoted') {
      const known = names.has(nameIn(piece)) || told.has(nameIn(piece));
      if (known) put(piece, spaced);
      else if (piece.startsWith('"')) put('?', spaced);
      // As in `select a from t where b = ? [parameters: ('Eve',)]`.
      else if (at < pieces.length - 1) put('"?"', spaced);
    } else if (/^[@#:]$/.test(piece)) break;
    else if (typeEnd(pieces, at) > at) {
      at = typeEnd(pieces, at);
      continue;
    } else put(piece, spaced);
    at += 1;

    if (piece === '(') depth += 1;
    else if (piece === ')') depth -= 1;
    if (piece === '(' && /^in$/i.test(before)) listedIn = depth;
    else if (listedIn !== undefined && depth < listedIn) listedIn = undefined;
    if (/^by$/i.test(piece) && /^(order|group)$/i.test(before)) listedBy = depth;
    else if (listedBy !== undefined && (depth < listedBy || ENDS_BY.test(piece)))
      listedBy = undefined;
  }
  return parts.join('').trim();

  function put(piece: string, spaced: boolean): void {
    if (spaced || (parts.at(-1) === '?' && /^[\w?"]/.test(piece))) parts.push(' ');
    parts.push(piece);
  }
}

/** Of `, 2` and `, -2` in a list of values: one says as much as all. */
function nextValueEnd(pieces: readonly Piece[], at: number): number {
  const from = pieces[at + 1]?.text === '-' ? at + 2 : at + 1;
  const end = from < pieces.length ? valueEnd(pieces, from) : from;
  return end > from && /^[,)]$/.test(pieces[end]?.text ?? '') ? end : at;
}

function piecesOf(sql: string): Piece[] {
  const pieces: Piece[] = [];
  let spaced = false;
  for (const token of tokensOf(sql)) {
    if (token.kind === 'space' || token.kind === 'comment') {
      spaced = true;
      continue;
    }
    if (token.open || (token.kind === 'other' && !SIGN.test(token.text))) break;
    pieces.push({ ...token, spaced });
    spaced = false;
  }
  return pieces;
}

/**
 * Quoted ones that stand beside a dot or after AS, where no text may stand. One with a single quote in it is taken for a text all the
 * same: that a line of a log was cut within its quotes is likelier than such a name.
 */
function namesTold(pieces: readonly Piece[]): ReadonlySet<string> {
  const told = pieces.filter(({ kind, text }, at) => {
    if (kind !== 'quoted' || text.includes("'")) return false;
    const before = pieces[at - 1]?.text ?? '';
    return before === '.' || pieces[at + 1]?.text === '.' || isAs(before);
  });
  return new Set(told.map(({ text }) => nameIn(text)));
}

function nameIn(quoted: string): string {
  const inner = quoted.slice(1, -1);
  return (quoted.startsWith('[') ? inner : inner.replaceAll(/(["`])\1/g, '$1')).toLowerCase();
}

function isAs(word: string): boolean {
  return /^as$/i.test(word);
}

/** The place after the value or placeholder that begins here. The same place: none does. */
function valueEnd(pieces: readonly Piece[], at: number): number {
  const { kind, text } = pieces[at]!;
  const isNext = (test: RegExp) => follows(pieces, at + 1) && test.test(pieces[at + 1]!.text);
  if (kind === 'quoted') return text.startsWith("'") ? at + 1 : at;
  if (text === '?') return isNext(/^\d/) ? at + 2 : at + 1;
  if (/^[@#:]$/.test(text)) return isNext(/^[\w$\u0080-\uffff]/) ? at + 2 : at;
  if (kind === 'word' && text.startsWith('$')) return at + 1;
  if (/^x$/i.test(text) && isNext(/^'/)) return at + 2;
  return numberEnd(pieces, at);
}

/** `12`, `0x1F`, `1.5`, `.5`, `5.`, `1e-3`, and letters that stick to them, which SQLite refuses. */
function numberEnd(pieces: readonly Piece[], at: number): number {
  const isWord = (place: number, test: RegExp) =>
    pieces[place]?.kind === 'word' && test.test(pieces[place].text);
  let end = isWord(at, /^\d/) ? at + 1 : at;
  if (pieces[end]?.text === '.' && (end === at || follows(pieces, end))) {
    const more = follows(pieces, end + 1) && isWord(end + 1, end === at ? /^\d/ : /^/);
    if (more) end += 2;
    else if (end > at) end += 1;
  }
  const exponent =
    end > at &&
    isWord(end - 1, /^(?!0x).*e$/i) &&
    follows(pieces, end) &&
    /^[+-]$/.test(pieces[end]!.text) &&
    follows(pieces, end + 1) &&
    isWord(end + 1, /^\d/);
  return exponent ? end + 2 : end;
}

function follows(pieces: readonly Piece[], at: number): boolean {
  return pieces[at]?.spaced === false;
}

/** `group by 1, 2`: the number of a column of the result. */
function isPlace(pieces: readonly Piece[], at: number, end: number): boolean {
  const after = pieces[end]?.text;
  return (
    end === at + 1 &&
    /^\d{1,2}$/.test(pieces[at]!.text) &&
    /^(by|,)$/i.test(pieces[at - 1]?.text ?? '') &&
    (after === undefined || AFTER_ORDINAL.test(after))
  );
}

/** `escape '\'`: one sign, which says nothing of anybody. */
function isEscape(before: string, piece: string): boolean {
  return /^escape$/i.test(before) && /^'[!-/:-@[-`{-~]'$/.test(piece) && piece !== "'''";
}

/** `(10, 2)` of `cast(a as decimal(10, 2))`, which makes no difference: its end. The same place: something else. */
function typeEnd(pieces: readonly Piece[], at: number): number {
  if (pieces[at]!.text !== '(') return at;
  let back = at - 1;
  while (back > at - 5 && pieces[back]?.kind === 'word' && !isAs(pieces[back]!.text)) back -= 1;
  if (back === at - 1 || !isAs(pieces[back]?.text ?? '')) return at;
  let end = at + 1;
  while (/^(\d+|[+,-])$/.test(pieces[end]?.text ?? '')) end += 1;
  return pieces[end]?.text === ')' ? end + 1 : at;
}
