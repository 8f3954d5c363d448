import type { Figure } from '../../../../figures/figure.ts';
import { oldFrom } from '../../../local/status/measured.ts';
import { hintRows, rankOf, ranks, type Row } from './ranked-rows.ts';
import { type Cell, type Paint, rowOf, verdictStyles } from './row.ts';
import { type Seen, spanOf } from '../seen.ts';
import { sparkline } from './sparkline.ts';
import { ageText, valueText } from '../../../../report/performance/value-text.ts';

/** What a monitor shows whatever it says, by the beginnings of the names of figures; all else stands below. */
const KEY = [
  'response.p95',
  'response.failures',
  'app.users',
  'cpu.host',
  'memory.host',
  'memory.container',
  'memory.application',
  'disk.used',
  'database.size',
];

const VALUE = 10;
const VERDICT = 8;
const LABEL = { least: 12, most: 28 };
const SPARKLINE = { least: 10, most: 60 };

interface FigureRows {
  readonly key: readonly Row[];
  /** All others that apply: the bad ones first. */
  readonly more: readonly Row[];
}

/** A figure a row: name, value, verdict, how it was, and what is said of it. */
export function figureRows(seen: Seen, now: number, columns: number, paint: Paint): FigureRows {
  const shown = seen.figures.filter(({ verdict }) => verdict !== 'not applicable');
  const isKey = (figure: Figure) => placeOf(figure) < KEY.length;
  const widths = widthsFor(shown, columns);
  const rows = (figures: readonly Figure[], rank: number): Row[] =>
    figures.flatMap((figure) => rowsOf(figure, rank));
  const key = shown.filter(isKey).toSorted((one, other) => placeOf(one) - placeOf(other));
  const [bad, good] = [shown.filter(isBad), shown.filter((figure) => !isBad(figure))].map((some) =>
    some.filter((figure) => !isKey(figure)),
  );
  if (shown.length === 0) return { key: [], more: [] };
  return {
    key: [header(), ...rows(key, ranks.key), ...rows(bad!, ranks.bad)],
    more: rows(good!, ranks.more),
  };

  function header(): Row {
    const span = ageText(spanOf(seen.every));
    const cells = cellsOf('figure', 'now', { text: 'verdict' }, `last ${span}`, 'note');
    return {
      rank: ranks.hint,
      text: paint(
        'dim',
        rowOf(cells, columns, (_, text) => text),
      ),
    };
  }

  function rowsOf(figure: Figure, rank: number): Row[] {
    const { name, verdict, note, unit, action, runbook } = figure;
    const age = now - Date.parse(figure.at);
    const isOld = age > oldFrom(seen.every);
    const line = sparkline(
      seen.samples.get(name) ?? [],
      unit,
      { from: now - spanOf(seen.every), to: now, every: seen.every },
      widths.sparkline,
    );
    const told = isOld ? { text: 'old' } : { text: verdict, style: verdictStyles[verdict] };
    const said = isOld ? `${ageText(age)} ago: ${note}` : note;
    const cells = cellsOf(name, valueText(figure), told, line, said);
    const hint = runbook === undefined ? action : `runbook start ${runbook} -t ${seen.target}`;
    return [
      { rank: rankOf(verdict, rank), text: rowOf(cells, columns, paint) },
      ...hintRows({ verdict, ...(hint !== undefined && { hint }) }, columns, paint),
    ];
  }

  function cellsOf(
    name: string,
    value: string,
    verdict: Pick<Cell, 'text' | 'style'>,
    line: string,
    note: string,
  ): Cell[] {
    const drawn = line.padEnd(widths.sparkline).slice(0, widths.sparkline);
    return [
      { text: name, width: widths.label },
      { text: value, width: VALUE, align: 'right' },
      { ...verdict, width: VERDICT },
      ...(widths.sparkline > 0 ? [{ text: drawn, drawn: true as const }] : []),
      { text: note },
    ];
  }
}

function isBad({ verdict }: Figure): boolean {
  return verdict !== 'ok' && verdict !== 'not applicable';
}

function placeOf({ name }: Figure): number {
  const place = KEY.findIndex((begin) => name === begin || name.startsWith(`${begin} `));
  return place === -1 ? KEY.length : place;
}

/** On a narrow terminal numbers and verdicts come first, then what is said of them. */
function widthsFor(figures: readonly Figure[], columns: number) {
  const longest = Math.max(...figures.map(({ name }) => name.length));
  const most = Math.max(LABEL.least, Math.min(LABEL.most, Math.floor(columns / 4)));
  const label = Number.isFinite(columns) ? Math.min(longest, most) : longest;
  const rest = columns - label - VALUE - VERDICT - 6;
  const sparkline = Number.isFinite(rest) ? Math.floor(rest * 0.4) : SPARKLINE.most / 2;
  return {
    label,
    sparkline: sparkline < SPARKLINE.least ? 0 : Math.min(SPARKLINE.most, sparkline),
  };
}
