/** One token of SQL text, as SQLite reads it: https://sqlite.org/src/file/src/tokenize.c */
export interface SqlToken {
  readonly kind: 'space' | 'comment' | 'quoted' | 'word' | 'other';
  readonly text: string;
  /** A comment or a quote that ends with the text. */
  readonly open?: true;
}

const SPACE = /[ \t\n\f\r]+/y;
const WORD = /[\w$\u0080-\uffff]+/y;
const CLOSING: Readonly<Record<string, string>> = { "'": "'", '"': '"', '`': '`', '[': ']' };

export function* tokensOf(sql: string): Generator<SqlToken> {
  for (let at = 0; at < sql.length;) {
    const token = tokenAt(sql, at);
    yield token;
    at += token.text.length;
  }
}

/** The text without comments, and with one space where there was any: the same statement, in one line as far as its quotes let it. */
export function flattened(sql: string): string {
  let text = '';
  for (const { kind, text: piece } of tokensOf(sql))
    if (kind !== 'space' && kind !== 'comment') text += piece;
    else if (!text.endsWith(' ')) text += ' ';
  return text.trim();
}

function tokenAt(sql: string, at: number): SqlToken {
  const first = sql.charAt(at);
  const two = sql.slice(at, at + 2);
  if (two === '--') return upTo(sql, at, '\n', 'comment', at + 2);
  if (two === '/*') return upTo(sql, at, '*/', 'comment', at + 2);
  const space = matchAt(SPACE, sql, at);
  if (space !== undefined) return { kind: 'space', text: space };
  const closing = CLOSING[first];
  if (closing !== undefined) return quotedAt(sql, at, closing);
  const word = matchAt(WORD, sql, at);
  return word === undefined ? { kind: 'other', text: first } : { kind: 'word', text: word };
}

function upTo(sql: string, at: number, end: string, kind: 'comment', from: number): SqlToken {
  const found = sql.indexOf(end, from);
  if (found >= 0) return { kind, text: sql.slice(at, found + end.length) };
  // The end of a statement ends a comment of one line.
  return { kind, text: sql.slice(at), ...(end !== '\n' && { open: true }) };
}

function quotedAt(sql: string, at: number, closing: string): SqlToken {
  for (let end = sql.indexOf(closing, at + 1); end >= 0; end = sql.indexOf(closing, end + 2))
    if (closing === ']' || sql.charAt(end + 1) !== closing)
      return { kind: 'quoted', text: sql.slice(at, end + 1) };
  return { kind: 'quoted', text: sql.slice(at), open: true };
}

function matchAt(pattern: RegExp, text: string, at: number): string | undefined {
  pattern.lastIndex = at;
  return pattern.exec(text)?.[0];
}
