import { type SqlToken, tokensOf } from '../../database/sqlite/dump/sql-tokens.ts';

/** What `pragma` does not tell of a table: what stands in its `create table`. */
interface Definition {
  /** By column, in small letters. */
  readonly columns: ReadonlyMap<string, ColumnDefinition>;
  /** Each `check`, without its parentheses. */
  readonly checks: readonly string[];
  readonly autoincrement: boolean;
}

interface ColumnDefinition {
  readonly generated?: string;
  readonly collation?: string;
}

/** Reads `create table`, as SQLite keeps it. What it cannot read is not in its answer. */
export function definitionOf(sql: string): Definition {
  const tokens = [...tokensOf(sql)].filter(({ kind }) => kind !== 'comment');
  const columns = new Map<string, ColumnDefinition>();
  const checks: string[] = [];
  for (const part of partsOf(tokens)) {
    checks.push(...groupsAfter(part, 'check'));
    const [first] = part;
    if (!first || /^(constraint|primary|unique|check|foreign)$/i.test(first.text)) continue;
    const [generated] = groupsAfter(part, 'as');
    const at = part.findIndex(({ text }) => /^collate$/i.test(text));
    const collation = at < 0 ? undefined : part.slice(at + 1).find(isSaid);
    columns.set(unquoted(first.text).toLowerCase(), {
      ...(generated !== undefined && { generated }),
      ...(collation && { collation: unquoted(collation.text).toUpperCase() }),
    });
  }
  return {
    columns,
    checks,
    autoincrement: tokens.some(
      ({ kind, text }) => kind === 'word' && /^autoincrement$/i.test(text),
    ),
  };
}

/** What stands between the outer parentheses, cut at its commas, without space at the ends. */
function partsOf(tokens: readonly SqlToken[]): SqlToken[][] {
  const parts: SqlToken[][] = [[]];
  let depth = 0;
  for (const token of tokens) {
    if (token.text === ')' && (depth -= 1) === 0) break;
    if (depth === 1 && token.text === ',') parts.push([]);
    else if (depth > 0 && (isSaid(token) || parts.at(-1)!.length > 0)) parts.at(-1)!.push(token);
    if (token.text === '(') depth += 1;
  }
  return parts.filter((part) => part.length > 0);
}

function groupsAfter(part: readonly SqlToken[], word: string): string[] {
  const groups: string[] = [];
  let depth = 0;
  for (let at = 0; at < part.length; at += 1) {
    const { kind, text } = part[at]!;
    if (text === '(') depth += 1;
    if (text === ')') depth -= 1;
    if (depth > 0 || kind !== 'word' || text.toLowerCase() !== word) continue;
    const open = part.findIndex((token, index) => index > at && isSaid(token));
    if (part[open]?.text === '(') groups.push(groupAt(part, open));
  }
  return groups;
}

function groupAt(part: readonly SqlToken[], open: number): string {
  let depth = 0;
  let text = '';
  for (const token of part.slice(open)) {
    if (token.text === ')' && (depth -= 1) === 0) break;
    if (depth > 0) text += token.kind === 'space' ? ' ' : token.text;
    if (token.text === '(') depth += 1;
  }
  return text.trim();
}

function isSaid({ kind }: SqlToken): boolean {
  return kind !== 'space';
}

export function unquoted(text: string): string {
  const first = text.charAt(0);
  if (first === '[') return text.slice(1, -1);
  if (!['"', '`', "'"].includes(first)) return text;
  return text.slice(1, -1).replaceAll(first + first, first);
}
