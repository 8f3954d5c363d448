import type { Verdict } from '../../driver.ts';

/**
 * What the lines of quick_check and integrity_check say, by the text of SQLite 3.54 and of those before it.
 *
 * `damaged` is what no application can bring about: pages, cells and the freelist, rows out of order, an index or a shadow table that is not
 * that of its rows. `unclear` is the rest: a row that breaks a rule which the schema got later, or by force, or whose value one flipped
 * bit has changed; a full-text index that is not that of its text, which its own "rebuild" mends; and a check that could not run.
 * No page of these is known to be damaged, a backup would hold the same, and the application may run on it as it is.
 */
const DAMAGE: readonly RegExp[] = [
  // Pages: `Tree 3 page 7 cell 2: ...`, `Freelist: ...`, `Page 9: never used`, `On tree page 7 cell 2: ...` before 3.43.
  /^(Tree|On tree page|Page|Freelist|List of tree roots|Main freelist|Outstanding page count) ?/,
  /\b(invalid page number|2nd reference to page|failed to get page|unable to get the page|free space corruption)\b/i,
  /^Fragmentation of |^max rootpage |^incremental_vacuum enabled with a max rootpage/,
  // Rows and indexes.
  /^row \S+ missing from index /,
  /^row \S+ values differ from index /,
  /^rowid not at end-of-record for row /,
  /^row not in PRIMARY KEY order for /,
  /^wrong # of entries in index /,
  /^non-unique entry in index /,
  // A tree of boxes that lacks a node or a row: it holds its rows itself.
  /^In RTree /,
  // What SQLite calls corrupt while it checks.
  /database disk image is malformed/,
];

/** Of a row that breaks the rules of its schema, or a search index that is not that of its text. */
const RULES: readonly [RegExp, string][] = [
  [/^NULL value in /, 'a rule of its schema is broken, no page'],
  [/^(NUMERIC|TEXT|non-\S+) value in /, 'a rule of its schema is broken, no page'],
  [/^CHECK constraint failed in /, 'a rule of its schema is broken, no page'],
  [
    /^index .* stores an imprecise floating-point value for row /,
    'REINDEX mends it, no page is damaged',
  ],
  [/^malformed inverted index for FTS/, 'its "rebuild" mends it, no page is damaged'],
];

/** Of one line of an answer. A line that nobody knows proves nothing. */
export function verdictOfLine(line: string): Verdict {
  if (line === 'ok') return 'sound';
  return DAMAGE.some((pattern) => pattern.test(line)) ? 'damaged' : 'unclear';
}

/** A line that proves no damage, with what it means. */
export function explainedLine(line: string): string {
  const known = RULES.find(([pattern]) => pattern.test(line));
  return known ? `${line}: ${known[1]}` : line;
}
