import { availableParallelism } from 'node:os';
import { type compare, type Row, textOf } from './rows.ts';

/** What was measured, as a page beside its picture. The bench writes it, nobody else. */
export function figures(
  rows: readonly Row[],
  comparisons: ReturnType<typeof compare>,
  mebibytes: number,
): string {
  const measured = rows.map((row) => [row.what, row.who, `${row.rate}`, textOf(row)]);
  const times = comparisons.map(({ name, ratio, text }) => [
    name,
    [`${ratio.toFixed(1)}x`, text].filter(Boolean).join(', '),
  ]);
  return `${[
    '# Backup, side by side',
    `Written by \`npm run bench -- backup\`: a database of ${mebibytes} MiB with five indexes, ${availableParallelism()} cores, one after the other on one disk, each after all was written and with the database in memory. Ours without the start of its process, which a worker has behind it. What it means: [backups.md](backups.md#how-fast).`,
    '![The same as bars](backup-bench.svg)',
    table(['what', 'who', 'rows written a second', 'took'], measured),
    'How many times as long the other takes:',
    table(['what', 'times'], times),
  ].join('\n\n')}\n`;
}

/** In columns, as the formatter would have it. */
function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const all = [head, head.map(() => ''), ...rows];
  const widths = head.map((_, column) => Math.max(...all.map((row) => row[column]!.length)));
  return all
    .map((row, index) => {
      const cells = row.map((cell, column) =>
        cell.padEnd(widths[column]!, index === 1 ? '-' : ' '),
      );
      return `| ${cells.join(' | ')} |`;
    })
    .join('\n');
}
