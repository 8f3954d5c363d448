import { countText } from '../../config/text/count-text.ts';
import { inMebibytes } from '../../os/files/disk-space.ts';
import type { IndexAdvice, IndexProof } from './index-results.ts';
import { indexText } from './sqlite/indexes/columns.ts';

/** Half the time is an index's worth; less is noise, or not worth its inserts. */
const WORTH = 0.5;

/** The one that saves most, if any is worth it. */
export function bestOf(proofs: readonly IndexProof[]): IndexProof | undefined {
  const [best] = proofs
    .filter(({ used, before, after }) => used > 0 && after <= before * WORTH)
    .toSorted((one, other) => other.before - other.after - (one.before - one.after));
  return best;
}

/** Of one that was tried, and is not the best. */
export function proofText({ index, used, before, after }: IndexProof): string {
  const what = `Index ${indexText(index)}`;
  return used === 0
    ? `${what} would not be used`
    : `${what} was tried: ${inTime(before)} before, ${inTime(after)} with it`;
}

/** What came of all of it, as one sentence for people. */
export function adviceText({ best, statements, notes }: Omit<IndexAdvice, 'note'>): string {
  const ran = statements.filter(({ refused }) => refused === undefined).length;
  if (!best) {
    const why = ran === 0 ? 'none of them can be run here' : (notes[0] ?? 'they need none');
    return `No index helps ${countText(statements.length, 'statement')}: ${why}`;
  }
  return `Index ${indexText(best.index)} helps ${best.used} of ${countText(ran, 'statement')}: ${costText(best)}`;
}

function costText({ before, after, bytes, createMilliseconds, inserts }: IndexProof): string {
  const dearer = inserts
    ? `, ${countText(inserts.rows, 'insert')} ${inTime(inserts.before)} before and ${inTime(inserts.after)} with it`
    : ', what inserts cost with it cannot be measured';
  return `${inTime(before)} before, ${inTime(after)} with it, on a copy; ${inMebibytes(bytes)} more, made in ${inTime(createMilliseconds)}${dearer}`;
}

export function inTime(milliseconds: number): string {
  return `${milliseconds < 10 ? milliseconds.toFixed(2) : Math.round(milliseconds)} ms`;
}
