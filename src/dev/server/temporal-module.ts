import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { places } from '../../config/places.ts';

/** Our Go module that pins the Temporal CLI. The same path from `src/dev` and from `dist/dev`. */
export const TEMPORAL_MODULE = join(import.meta.dirname, '../../../src/dev/temporal');

/** Where the executable of exactly this pin is kept: another pin gets another place. */
export async function cachedTemporal(): Promise<string> {
  const pins = await readFile(join(TEMPORAL_MODULE, 'go.sum'));
  const key = createHash('sha256').update(pins).digest('hex').slice(0, 16);
  return join(places().cache, 'temporal', key, 'temporal');
}

/** What go.mod demands: the Go language (`1.26.8`) and the Temporal CLI (`v1.9.1`). */
export async function readPins(): Promise<{ go: string; cli: string }> {
  const text = await readFile(join(TEMPORAL_MODULE, 'go.mod'), 'utf8');
  const go = /^go (\S+)$/m.exec(text)?.[1];
  const cli = /github\.com\/temporalio\/cli (v\S+)/.exec(text)?.[1];
  if (!go || !cli) throw new Error(`Cannot find the pins in "${TEMPORAL_MODULE}/go.mod"`);
  return { go, cli };
}
