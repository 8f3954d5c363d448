import { readFileSync } from 'node:fs';

const PAGE = new URL('../../../docs/cluster.md', import.meta.url);

/** A block of docs/cluster.md, by how its first line begins. */
export function blockOf(first: string): string {
  const blocks = readFileSync(PAGE, 'utf8').split(/^```\w*\n/m);
  const block = blocks.find((one) => one.startsWith(first));
  if (block === undefined) throw new Error(`docs/cluster.md has no block "${first}"`);
  return block;
}
