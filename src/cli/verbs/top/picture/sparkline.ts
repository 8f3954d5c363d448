import type { Unit } from '../../../../figures/figure.ts';

/** What a series was, and when. */
export interface Sample {
  /** ISO 8601, UTC. */
  readonly at: string;
  readonly value: number;
}

interface Span {
  /** In ms since 1970. */
  readonly from: number;
  readonly to: number;
  /** How often it is measured, in ms. */
  readonly every: number;
}

const BLOCKS = '▁▂▃▄▅▆▇█';
/** A sample holds until the next one is due, and a little longer: they do not come to the second. */
const HOLDS = 1.5;

/**
 * A series in one row: the highest of each piece of time, from 0 to the highest of all, a ratio from 0 to 1. What was not measured is
 * a gap.
 */
export function sparkline(
  samples: readonly Sample[],
  unit: Unit,
  { from, to, every }: Span,
  cells: number,
): string {
  const known = samples
    .map(({ at, value }) => ({ at: Date.parse(at), value }))
    .filter(({ at, value }) => at <= to && Number.isFinite(value));
  const top = unit === 'ratio' ? 1 : Math.max(0, ...known.map(({ value }) => value));
  const step = (to - from) / cells;
  const drawn = Array.from({ length: cells }, (_, cell) => {
    const end = from + (cell + 1) * step;
    const inside = known.filter(({ at }) => at > end - step && at <= end);
    const last = known.findLast(({ at }) => at <= end && at > end - HOLDS * every);
    const value = inside.length > 0 ? Math.max(...inside.map(({ value }) => value)) : last?.value;
    return value === undefined ? ' ' : blockOf(value, top);
  });
  return drawn.join('');
}

function blockOf(value: number, top: number): string {
  const share = top > 0 ? Math.min(1, Math.max(0, value / top)) : 0;
  return BLOCKS[Math.min(BLOCKS.length - 1, Math.floor(share * BLOCKS.length))]!;
}
