import { tokensOf } from '../dump/sql-tokens.ts';

/** A statement that can be given values: every placeholder, of whatever kind, has become a named one. */
export interface Statement {
  readonly sql: string;
  readonly placeholders: readonly Placeholder[];
  /** Names of what it reads from, as they are written, with the names by which it calls them. */
  readonly tables: readonly { readonly table: string; readonly alias: string }[];
  /** Comparisons that all must be true. Empty where only one of several must be. */
  readonly comparisons: readonly Comparison[];
}

interface Placeholder {
  readonly name: string;
  /** What it is compared with. Missing: something else, such as a limit. */
  readonly column?: ColumnName;
  /** That it must be a number, such as a limit. */
  readonly counts?: true;
}

/** As it is written: `t.region` or `region`. */
export interface ColumnName {
  readonly table?: string;
  readonly column: string;
}

interface Comparison extends ColumnName {
  readonly kind: 'equal' | 'range';
}

interface Piece {
  readonly text: string;
  /** Of a name, without its quotes. */
  readonly name?: string;
  readonly depth: number;
}

const ENDS_WHERE = /^(group|order|limit|window|union|except|intersect|having|returning)$/i;
const KEYWORDS =
  /^(select|from|where|and|or|not|on|using|join|left|right|full|inner|outer|cross|natural|as|is|in|between|like|glob|null|case|when|then|else|end|exists|distinct|all|set|with|recursive|values|indexed|by|collate|escape|match|regexp|group|order|limit|offset|having|window|union|except|intersect)$/i;

/**
 * Reads as much of a SELECT as an index needs: its tables, and the comparisons of its outermost WHERE and ON. What is not
 * understood is left out: whatever is proposed is proven before anybody is asked about it.
 */
export function readStatement(text: string): Statement {
  const { sql, pieces, names } = withNamedPlaceholders(text);
  const outer = pieces.filter(({ depth }) => depth === 0);
  return {
    sql,
    placeholders: names.map(([name, at]) => {
      if (counts(pieces, at)) return { name, counts: true };
      const column = columnBefore(pieces, at) ?? columnAfter(pieces, at);
      return { name, ...(column && { column }) };
    }),
    tables: tablesOf(outer),
    comparisons: comparisonsOf(outer),
  };
}

/** `?`, `?1`, `:name`, `@name`, `$name`, and what Python's drivers write: `%s` and `%(name)s`. */
function withNamedPlaceholders(text: string) {
  const pieces: Piece[] = [];
  const names: [string, number][] = [];
  let sql = '';
  let depth = 0;
  const marked = text.replaceAll(/%\((\w+)\)s/g, ':$1').replaceAll('%s', '?');
  const tokens = [...tokensOf(marked)];
  for (let at = 0; at < tokens.length; at += 1) {
    const { kind, text: piece } = tokens[at]!;
    if (kind === 'space' || kind === 'comment') {
      sql += ' ';
      continue;
    }
    const next = tokens[at + 1];
    const named = kind === 'other' && /^[?:@]$/.test(piece) && next?.kind === 'word';
    const isPlaceholder = piece === '?' || named || (kind === 'word' && /^\$\w/.test(piece));
    if (isPlaceholder) {
      const name = `p${names.length}`;
      if (named) at += 1;
      names.push([name, pieces.length]);
      pieces.push({ text: '?', depth });
      sql += `:${name}`;
      continue;
    }
    if (piece === ')') depth -= 1;
    pieces.push({ text: piece, depth, ...nameOf(kind, piece) });
    if (piece === '(') depth += 1;
    sql += piece;
  }
  return { sql: sql.trim(), pieces, names };
}

function nameOf(kind: string, text: string): { name?: string } {
  if (kind === 'quoted' && !text.startsWith("'"))
    return { name: text.slice(1, -1).replaceAll('""', '"') };
  return kind === 'word' && /^[^\d]/.test(text) && !KEYWORDS.test(text) ? { name: text } : {};
}

/** After FROM, JOIN, or a comma between them. Those in parentheses are statements of their own. */
function tablesOf(outer: readonly Piece[]) {
  const tables: { table: string; alias: string }[] = [];
  let inFrom = false;
  for (const [at, { text, name }] of outer.entries()) {
    if (/^from$/i.test(text)) inFrom = true;
    else if (/^where$/i.test(text) || ENDS_WHERE.test(text)) inFrom = false;
    const before = outer[at - 1]?.text ?? '';
    if (!inFrom || name === undefined || !/^(from|join|,)$/i.test(before)) continue;
    const as = /^as$/i.test(outer[at + 1]?.text ?? '') ? 2 : 1;
    tables.push({ table: name, alias: outer[at + as]?.name ?? name });
  }
  return tables;
}

function comparisonsOf(outer: readonly Piece[]): Comparison[] {
  const found: Comparison[] = [];
  let inside = false;
  for (const [at, { text }] of outer.entries()) {
    if (/^(where|on)$/i.test(text)) inside = true;
    else if (ENDS_WHERE.test(text)) inside = false;
    if (!inside) continue;
    // Either side may be true alone: an index for one of them is a guess.
    if (/^or$/i.test(text)) return [];
    const kind = kindOf(outer, at);
    const column =
      kind &&
      (nameEndingAt(outer, at - 1) ??
        (outer[at - 1]?.text === '?' ? columnAfter(outer, at - 1) : undefined));
    if (kind && column) found.push({ ...column, kind });
  }
  return found;
}

function kindOf(outer: readonly Piece[], at: number): Comparison['kind'] | undefined {
  const [before, text, after] = [at - 1, at, at + 1].map((one) => outer[one]?.text ?? '');
  if (/^(is|in)$/i.test(text!) && !/^not$/i.test(after!) && !/^not$/i.test(before!)) return 'equal';
  if (/^between$/i.test(text!) && !/^not$/i.test(before!)) return 'range';
  if (text === '=' && /^[<>!]$/.test(before!)) return undefined;
  if (text === '=') return before === '=' ? undefined : 'equal';
  return (text === '<' || text === '>') && !(text === '<' && after === '>') && before !== '<'
    ? 'range'
    : undefined;
}

/** `region`, or `t.region`, whose last word is at this place. */
function nameEndingAt(pieces: readonly Piece[], at: number): ColumnName | undefined {
  const column = pieces[at]?.name;
  if (column === undefined) return undefined;
  const table = pieces[at - 1]?.text === '.' ? pieces[at - 2]?.name : undefined;
  return { column, ...(table !== undefined && { table }) };
}

/** The column that a placeholder is compared with: a few signs before it. */
function columnBefore(pieces: readonly Piece[], at: number): ColumnName | undefined {
  for (let back = at - 1; back >= 0 && back > at - 12; back -= 1) {
    const { text, name } = pieces[back]!;
    if (name !== undefined) return nameEndingAt(pieces, back);
    if (!/^([=<>!(,?-]|and|between|in|is|not|like)$/i.test(text) && !text.startsWith("'"))
      return undefined;
  }
  return undefined;
}

/** The column that stands behind it: `? = t.region`. */
function columnAfter(pieces: readonly Piece[], at: number): ColumnName | undefined {
  let next = at + 1;
  while (/^[=<>!]$/.test(pieces[next]?.text ?? '')) next += 1;
  const name = pieces[next]?.name;
  if (next === at + 1 || name === undefined || pieces[next + 1]?.text === '(') return undefined;
  const column = pieces[next + 1]?.text === '.' ? pieces[next + 2]?.name : undefined;
  return column === undefined ? { column: name } : { table: name, column };
}

/** `limit ?, ?`, `ntile(?)`, `rows ? preceding`. */
function counts(pieces: readonly Piece[], at: number): boolean {
  let back = at - 1;
  while (/^[?,(]$/.test(pieces[back]?.text ?? '')) back -= 1;
  return (
    /^(limit|offset|ntile)$/i.test(pieces[back]?.text ?? '') ||
    /^(preceding|following)$/i.test(pieces[at + 1]?.text ?? '')
  );
}
