import { sizeText } from '../../../config/text/size-text.ts';
import { countText } from '../../../config/text/count-text.ts';
import type { DatabaseFacts } from '../../../dev/data/inspect-database.ts';

/** Such as `240 runs, 3 of them open, in 8 MB (6 MB free)`. */
export function factsText({ runs, openRuns, bytes, freeBytes }: DatabaseFacts): string {
  const free = freeBytes > 0 ? ` (${sizeText(freeBytes)} free)` : '';
  return `${countText(runs, 'run')}, ${openRuns} of them open, in ${sizeText(bytes)}${free}`;
}
