import { type SqlToken, tokensOf } from '../../database/sqlite/dump/sql-tokens.ts';

/** What a `create index` says of its parts. */
interface IndexSql {
  /** Expressions, without their order and collation. */
  readonly parts: readonly string[];
  readonly where?: string;
}

/** Undefined: it is none that can be read. */
export function indexSqlOf(sql: string): IndexSql | undefined {
  const tokens = [...tokensOf(sql)].filter(({ kind }) => kind !== 'comment');
  const on = tokens.findIndex(({ kind, text }) => kind === 'word' && /^on$/i.test(text));
  const open = tokens.findIndex(({ text }, at) => at > on && text === '(');
  if (on < 0 || open < 0) return undefined;
  const parts: SqlToken[][] = [[]];
  let depth = 0;
  let at = open;
  for (; at < tokens.length; at += 1) {
    const token = tokens[at]!;
    if (token.text === ')' && (depth -= 1) === 0) break;
    if (depth === 1 && token.text === ',') parts.push([]);
    else if (depth > 0) parts.at(-1)!.push(token);
    if (token.text === '(') depth += 1;
  }
  const rest = textOf(tokens.slice(at + 1));
  const where = /^where\s+(.*)$/is.exec(rest)?.[1];
  if (rest !== '' && where === undefined) return undefined;
  return { parts: parts.map(bare), ...(where !== undefined && { where }) };
}

function bare(tokens: readonly SqlToken[]): string {
  return textOf(tokens)
    .replace(/\s+(asc|desc)$/i, '')
    .replace(/\s+collate\s+\S+$/i, '')
    .trim();
}

function textOf(tokens: readonly SqlToken[]): string {
  return tokens
    .map(({ text }) => text)
    .join('')
    .trim();
}
