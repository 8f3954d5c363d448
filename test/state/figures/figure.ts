import type { Figure } from '../../../src/figures/figure.ts';

/** A figure of which only its value matters. `value`: missing when it could not be read. */
export function figure(name: string, value?: number, at = '2026-01-05T02:00:00.000Z'): Figure {
  return {
    name,
    unit: 'count',
    source: '/proc/test',
    at,
    verdict: value === undefined ? 'unknown' : 'ok',
    note: `${name} is ${value}`,
    ...(value !== undefined && { value }),
  };
}

/** So many seconds after the first of January. */
export function after(seconds: number): string {
  return new Date(Date.parse('2026-01-01T00:00:00.000Z') + seconds * 1000).toISOString();
}
