import { countText } from '../../../../config/text/count-text.ts';
import type { ReadContent } from './read-content.ts';

/** `hashes` and `tables` may be left out, as in a history: `contentHash` is of all of them. */
type Compared = Pick<ReadContent, 'schemaHash' | 'contentHash' | 'tables' | 'hashes'>;

interface Difference {
  readonly check: 'row counts' | 'content' | 'schema';
  readonly finding: string;
}

/** The first way in which two contents differ: by rows of a table, by what is in them, or by a definition. Undefined: they are equal. */
export function differenceOf(got: Compared, wanted: Compared): Difference | undefined {
  if (got.contentHash !== wanted.contentHash)
    return (
      byTable(got, wanted) ?? {
        check: 'content',
        finding: `got "${got.contentHash}", expected "${wanted.contentHash}"`,
      }
    );
  if (got.schemaHash !== wanted.schemaHash)
    return {
      check: 'schema',
      finding: `got "${got.schemaHash}", expected "${wanted.schemaHash}"`,
    };
  return undefined;
}

function byTable(got: Compared, wanted: Compared): Difference | undefined {
  if (Object.keys(wanted.hashes).length === 0) return undefined;
  const names = [...new Set([...Object.keys(wanted.tables), ...Object.keys(got.tables)])];
  for (const name of names) {
    const [has, should] = [got.tables[name], wanted.tables[name]];
    if (has !== should)
      return {
        check: 'row counts',
        finding: `"${name}" has ${has === undefined ? 'no table' : countText(has, 'row')}, expected ${should ?? 'no such table'}`,
      };
  }
  const other = names.find((name) => got.hashes[name] !== wanted.hashes[name]);
  if (other === undefined) return undefined;
  return {
    check: 'content',
    finding: `the rows of "${other}" are not those that were there, though as many`,
  };
}
