import type { ScaleTime } from 'd3-scale';
import { type Markup, markup } from './markup.ts';

const DAY = 86_400_000;

/** The dates below a picture whose width is in per cent. `bottom` is where they stand, in pixels. */
export function dateTicks(x: ScaleTime<number, number>, bottom: number): Markup[] {
  const [first, last] = x.domain() as [Date, Date];
  const isLong = last.getTime() - first.getTime() > 3 * DAY;
  const dates = first.getTime() === last.getTime() ? [first] : x.ticks(4);
  // Five whole dates stand in each other's way on a phone.
  const isOneYear = first.getUTCFullYear() === last.getUTCFullYear();
  return dates.map((date) => {
    const iso = date.toISOString();
    const across = x(date);
    const anchor = across < 12 ? 'start' : across > 90 ? 'end' : 'middle';
    const label = isLong
      ? iso.slice(isOneYear ? 5 : 0, 10)
      : `${iso.slice(5, 10)} ${iso.slice(11, 16)}`;
    return markup`<text class="tick" x="${across}%" y="${bottom}" text-anchor="${anchor}">${label}</text>
`;
  });
}
