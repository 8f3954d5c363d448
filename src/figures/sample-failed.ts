import { plainLine } from '../config/text/plain-text.ts';
import type { Figure } from './figure.ts';

/** So many samples in a row that failed are no chance: nobody knows then how the target is. */
export const MISSES = 3;

const NAME = 'sample.failed';

/** How many samples in a row have failed. 0: this one came. `why`: what the last one failed with. */
export function sampleFailed(at: string, misses: number, why = ''): Figure {
  const note =
    misses === 0
      ? 'The sample came'
      : plainLine(`${misses} samples in a row failed, the last one: ${why}`, 400);
  const verdict = misses < MISSES ? 'ok' : 'critical';
  const limit = `critical from ${MISSES}`;
  return {
    name: NAME,
    value: misses,
    unit: 'count',
    source: 'the worker',
    at,
    verdict,
    limit,
    note,
  };
}

/** Whether nothing was measured: that says nothing of what was measured before. */
export function isMiss(figures: readonly Figure[]): boolean {
  return figures.some(({ name, verdict }) => name === NAME && verdict === 'critical');
}
