import { markdownTable } from '../support/markdown-table.ts';

/** A page with these rows in the place of the table below a heading, whose first line they are. */
export function withTable(page: string, heading: string, rows: readonly string[][]): string {
  const from = `## ${heading}\n\n`;
  const start = page.indexOf(from) + from.length;
  const end = page.indexOf('\n\n', start);
  if (start < from.length || end < 0) throw new Error(`Cannot find "## ${heading}"`);
  return page.slice(0, start) + markdownTable(rows) + page.slice(end);
}
