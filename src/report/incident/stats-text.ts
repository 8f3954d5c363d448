import { columns } from '../columns.ts';
import { oneLine } from '../one-line.ts';
import { durationText } from '../times.ts';
import type { IncidentStats, StatsRow } from './incident-stats.ts';

/** Of causes; `--json` and `--csv` have all. */
const MOST_CAUSES = 20;
const HEADINGS = ['', 'incidents', 'acknowledged', 'MTTA', 'median', 'resolved', 'MTTR', 'median'];

/** As tables for a person. */
export function statsText({ all, bySeverity, byCause }: IncidentStats): string {
  const more = byCause.length - MOST_CAUSES;
  return [
    ...columns([HEADINGS, ...[all, ...bySeverity].map(statsCells)]),
    '',
    ...columns([HEADINGS, ...byCause.slice(0, MOST_CAUSES).map(statsCells)]),
    ...(more > 0 ? [`and ${more} more`] : []),
  ].join('\n');
}

/** One row as text. */
export function statsCells(row: StatsRow): string[] {
  const time = (milliseconds: number | undefined) =>
    milliseconds === undefined ? '-' : durationText(milliseconds);
  return [
    oneLine(row.of).slice(0, 60),
    String(row.count),
    String(row.acknowledged),
    time(row.meanToAcknowledge),
    time(row.medianToAcknowledge),
    String(row.resolved),
    time(row.meanToResolve),
    time(row.medianToResolve),
  ];
}

/** RFC 4180, one line a row, times in seconds. What a spreadsheet would take for a formula is text. */
export function statsCsv({ all, bySeverity, byCause }: IncidentStats): string {
  const line = (cells: readonly (string | number)[]) => `${cells.map(field).join(',')}\r\n`;
  const seconds = (milliseconds: number | undefined) =>
    milliseconds === undefined ? '' : Math.round(milliseconds / 1000);
  const rows = [
    { by: 'all', some: [all] },
    { by: 'severity', some: bySeverity },
    { by: 'cause', some: byCause },
  ];
  return [
    line([
      'by',
      'of',
      'incidents',
      'acknowledged',
      'mtta',
      'median_tta',
      'resolved',
      'mttr',
      'median_ttr',
    ]),
    ...rows.flatMap(({ by, some }) =>
      some.map((row) =>
        line([
          by,
          row.of,
          row.count,
          row.acknowledged,
          seconds(row.meanToAcknowledge),
          seconds(row.medianToAcknowledge),
          row.resolved,
          seconds(row.meanToResolve),
          seconds(row.medianToResolve),
        ]),
      ),
    ),
  ].join('');
}

function field(cell: string | number): string {
  if (typeof cell === 'number') return String(cell);
  const text = /^[=+\-@\t\r]/.test(cell) ? `'${cell}` : cell;
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
