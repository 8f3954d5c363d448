import { oneLine } from './one-line.ts';

/** As one line of Markdown text. What could begin a block, a link or a tag is escaped. */
export function prose(text: string): string {
  return oneLine(text)
    .replaceAll(/[\\`*_{}[\]<>#|~&$!]/g, (mark) => `\\${mark}`)
    .replace(/^(\s*)([-+=:])/, '$1\\$2')
    .replace(/^(\s*\d+)([.)])(?=\s|$)/, '$1\\$2');
}

/** A heading and its lines, for a document whose blocks are joined by empty lines. Nothing at all, without a line. */
export function section(title: string, lines: readonly string[]): string[] {
  return lines.length > 0 ? [`## ${title}`, lines.join('\n')] : [];
}

interface Table {
  readonly headings: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

/** A table, a line each. Every cell is text. */
export function tableLines({ headings, rows }: Table): string[] {
  return [headings, headings.map(() => '---'), ...rows].map((cells, index) => {
    const shown = index === 1 ? cells : cells.map(prose);
    return `| ${shown.join(' | ')} |`;
  });
}
