import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import type { Target } from '../../config/schema/target.ts';
import { inMilliseconds } from '../../config/time/duration.ts';
import { replaceText } from '../../os/files/replace-text.ts';
import { ensurePrivate } from '../../os/files/ensure-private.ts';

/** What the worker that measures a target has told of already: a check that finds the same need not page again. */
const KnownFaults = z.object({
  /** ISO 8601, UTC: when it was so. */
  at: z.iso.datetime(),
  /** A run has taken the application down. */
  takenDown: z.boolean(),
  /** What `keyOf` calls the alerts whose incidents are open. */
  alerts: z.array(z.string()),
});
export type KnownFaults = Readonly<z.infer<typeof KnownFaults>>;

type Place = Pick<Target, 'state' | 'figures'>;

/** It is written at each sample: what is older than some says nothing, for its worker may be gone. */
const SAMPLES = 3;

/** Nothing is there while nothing is wrong. */
export function writeKnownFaults({ state }: Pick<Place, 'state'>, faults: KnownFaults): void {
  const file = join(state, 'known-faults.json');
  if (!faults.takenDown && faults.alerts.length === 0) return rmSync(file, { force: true });
  ensurePrivate(state);
  replaceText(file, `${JSON.stringify(faults)}\n`);
}

/** Missing: nothing is known, or what was is old. What cannot be read holds nothing back. */
export function readKnownFaults(
  { state, figures: { every } }: Place,
  now = Date.now(),
): KnownFaults | undefined {
  if (every === 'off') return undefined;
  try {
    const text = readFileSync(join(state, 'known-faults.json'), 'utf8');
    const faults = KnownFaults.parse(JSON.parse(text));
    const age = Math.abs(now - Date.parse(faults.at));
    return age < SAMPLES * inMilliseconds(every) + 60_000 ? faults : undefined;
  } catch {
    return undefined;
  }
}
