import { readFileSync, writeFileSync } from 'node:fs';

/** https://sqlite.org/fileformat.html#b_tree_pages: a leaf of an index. */
const INDEX_LEAF = 10;

/**
 * Overwrites the entries of one page of the index on regions, as a failing disk would. quick_check calls the database ok,
 * because it compares no index with its table. Nobody may have it open, and its log must be checkpointed.
 */
export function spoilIndexPage(file: string): void {
  const bytes = readFileSync(file);
  const size = bytes.readUInt16BE(16);
  for (let start = size; start < bytes.length; start += size) {
    const page = bytes.subarray(start, start + size);
    const first = page.indexOf('region ');
    if (page[0] !== INDEX_LEAF || first < 0) continue;
    for (let at = first; at >= 0; at = page.indexOf('region ', at + 1)) page.write('rotten ', at);
    return writeFileSync(file, bytes);
  }
  throw new Error(`There is no index on regions in "${file}"`);
}
