import { styleText } from 'node:util';
import type { Verdict } from '../../../../figures/figure.ts';
import { cellsOf } from '../../../../report/cells.ts';
import { cut, fit } from './cells.ts';

export type Style = 'bold' | 'dim' | 'green' | 'yellow' | 'red';
export type Paint = (style: Style, text: string) => string;

/** One piece of a row. */
export interface Cell {
  /** From wherever: nothing in it does anything to a terminal. */
  readonly text: string;
  /** Missing: all that is left of the row. */
  readonly width?: number;
  readonly align?: 'right';
  readonly style?: Style | undefined;
  /** It is drawn by us, with its width, and its blanks count. */
  readonly drawn?: true;
}

const GAP = 2;

/** For terminals that show colours, and those that do not. What they say is said in words, too. */
export const painted: Paint = (style, text) => styleText(style, text, { validateStream: false });
export const unpainted: Paint = (_, text) => text;

/** Pieces beside each other, in at most so many cells. */
export function rowOf(cells: readonly Cell[], columns: number, paint: Paint): string {
  let left = columns;
  const parts = cells.flatMap(({ text, width = left, align, style, drawn }, index) => {
    if (left < 1) return [];
    const most = Math.min(width, left);
    const isLast = index === cells.length - 1;
    const shown = drawn
      ? text.slice(0, most)
      : isLast && align === undefined
        ? cut(text, most)
        : fit(text, Number.isFinite(most) ? most : cellsOf(text), align);
    left -= cellsOf(shown) + GAP;
    return [style === undefined ? shown : paint(style, shown)];
  });
  return parts.join(' '.repeat(GAP));
}

export const verdictStyles: Readonly<Record<Verdict, Style>> = {
  ok: 'green',
  warning: 'yellow',
  critical: 'red',
  unknown: 'yellow',
  'not applicable': 'dim',
};
