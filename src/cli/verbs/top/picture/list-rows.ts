import type { Figure } from '../../../../figures/figure.ts';
import { type Cell, type Paint, rowOf, verdictStyles } from './row.ts';
import type { Seen } from '../seen.ts';
import { type Asked, type TopState, verdictOf } from '../top-state.ts';
import { ageText, valueText } from '../../../../report/performance/value-text.ts';

interface Column {
  readonly title: string;
  readonly width: number;
  readonly align?: 'right';
  readonly text: (seen: Seen, asked: Asked | undefined) => string;
}

/** The first are there on every terminal, the last only on wide ones. */
const columnsOfList: readonly Column[] = [
  figureColumn('response', 9, ['response.p95', 'app.health']),
  countColumn('incidents', 9, 'incident'),
  countColumn('runs', 4, 'run'),
  figureColumn('disk', 6, ['disk.used']),
  figureColumn('memory', 6, ['memory.host']),
  figureColumn('cpu', 6, ['cpu.host']),
  { title: 'measured', width: 10, align: 'right', text: ({ age }) => agoText(age) },
  figureColumn('database', 10, ['database.size']),
  figureColumn('users', 6, ['app.users']),
];

const MARK = 1;
const NAME = { least: 8, most: 24 };
const VERDICT = 8;
const GAP = 2;

/** A target a row, below their titles. `columns` decides how much of each. */
export function listRows(
  { targets, asked, selected }: Pick<TopState, 'targets' | 'asked' | 'selected'>,
  columns: number,
  paint: Paint,
): string[] {
  const longest = Math.max(...targets.map(({ target }) => target.length));
  const name = Math.min(Math.max(longest, NAME.least), NAME.most);
  let left = columns - MARK - name - VERDICT - 2 * GAP;
  const shown = columnsOfList.filter(({ width }) => {
    left -= width + GAP;
    return left >= 0;
  });
  const titles: Cell[] = [
    { text: ' ', drawn: true },
    { text: 'target', width: name },
    { text: 'verdict', width: VERDICT },
    ...shown.map(({ title, width, align }) => ({ text: title, width, ...(align && { align }) })),
  ];
  const rows = targets.map((seen, index) => {
    const answer = asked?.get(seen.target);
    const verdict = verdictOf(seen, answer);
    const isSelected = index === selected;
    const cells: Cell[] = [
      { text: isSelected ? '>' : ' ', drawn: true },
      { text: seen.target, width: name, style: isSelected ? 'bold' : undefined },
      { text: verdict, width: VERDICT, style: verdictStyles[verdict] },
      ...shown.map(({ width, align, text }) => ({
        text: text(seen, answer),
        width,
        ...(align && { align }),
      })),
    ];
    return rowOf(cells, columns, paint);
  });
  return [
    paint(
      'dim',
      rowOf(titles, columns, (_, text) => text),
    ),
    ...rows,
  ];
}

/** Of several, such as disks, the one that is nearest to its end. */
function figureColumn(title: string, width: number, names: readonly string[]): Column {
  return { title, width, align: 'right', text: ({ figures }) => valueText(worstNamed(figures)) };

  function worstNamed(figures: readonly Figure[]): Pick<Figure, 'value' | 'unit'> {
    for (const wanted of names) {
      const named = figures.filter(({ name }) => name === wanted || name.startsWith(`${wanted} `));
      const most = named.toSorted((one, other) => (other.value ?? 0) - (one.value ?? 0))[0];
      if (most?.value !== undefined) return most;
    }
    return { unit: 'count' };
  }
}

/** `?`: nobody knows, for Temporal has not answered. */
function countColumn(title: string, width: number, subject: string): Column {
  return {
    title,
    width,
    align: 'right',
    text: (_, asked) => {
      if (!asked || asked.lines.some((line) => line.subject === 'temporal')) return '?';
      const lines = asked.lines.filter((line) => line.subject === subject);
      const isNone = subject === 'incident' && lines.every(({ verdict }) => verdict === 'ok');
      return String(isNone ? 0 : lines.length);
    },
  };
}

function agoText(age: number | undefined): string {
  return age === undefined ? 'never' : `${ageText(age)} ago`;
}
