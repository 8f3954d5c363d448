import type { Verdict } from '../../driver.ts';

/**
 * What the lines of quick_check and integrity_check say, by the text of SQLite 3.54 and of those before it.
 *
 * `damaged` is what no application can bring about: pages, cells and the freelist, rows out of order, an index or a shadow table that is not
 * that of its rows. `unclear` is the rest: a row that breaks a rule which the schema got later, or by force, or whose value one flipped
 * bit has changed; a full-text index that is not that of its text, which its own "rebuild" mends; and a check that could not run.
 * No page of these is known to be damaged, a backup would hold the same, and the application may run on it as it is.
 */
const DAMAGE_OF_PAGES: readonly RegExp[] = [
  // Pages: `Tree 3 page 7 cell 2: ...`, `Freelist: ...`, `Page 9: never used`, `On tree page 7 cell 2: ...` before 3.43.
  /^(Tree|On tree page|Page|Freelist|List of tree roots|Main freelist|Outstanding page count) ?/,
  /\b(invalid page number|2nd reference to page|failed to get page|unable to get the page|free space corruption)\b/i,
  /^Multiple uses for byte |^Fragmentation of |^max rootpage |^incremental_vacuum enabled with a max rootpage/,
  // Rows and indexes, whatever orders them.
  /^rowid not at end-of-record for row /,
  /^wrong # of entries in index /,
  // A tree of boxes that lacks a node or a row: it holds its rows itself.
  /^In RTree /,
  // What SQLite calls corrupt while it checks.
  /database disk image is malformed/,
];

/** An index that is not that of its rows, by the functions and collations that order it. */
const DAMAGE_OF_ORDER: readonly RegExp[] = [
  /^row \S+ missing from index /,
  /^row \S+ values differ from index /,
  /^row not in PRIMARY KEY order for /,
  /^non-unique entry in index /,
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

/**
 * Of one line of an answer. A line that nobody knows proves nothing. `foreign`: functions of the application are loaded, perhaps of
 * another version than those that the index was made by, so that its order proves nothing either.
 */
export function verdictOfLine(line: string, foreign = false): Verdict {
  if (line === 'ok') return 'sound';
  const proofs = foreign ? DAMAGE_OF_PAGES : [...DAMAGE_OF_PAGES, ...DAMAGE_OF_ORDER];
  return proofs.some((pattern) => pattern.test(line)) ? 'damaged' : 'unclear';
}

/** A line that proves no damage, with what it means. */
export function explainedLine(line: string): string {
  if (DAMAGE_OF_ORDER.some((pattern) => pattern.test(line)))
    return `${line}: by the functions loaded here, which REINDEX in its application settles`;
  const known = RULES.find(([pattern]) => pattern.test(line));
  return known ? `${line}: ${known[1]}` : line;
}
