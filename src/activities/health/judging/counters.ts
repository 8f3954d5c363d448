import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { writeDurably } from '../../../os/files/durable-files.ts';
import { ensurePrivate } from '../../../os/files/ensure-private.ts';

const Counters = z.object({
  /** Milliseconds since 1970. */
  at: z.number(),
  /** Totals since something began, such as bytes of a network card. */
  totals: z.record(z.string(), z.number()),
});
type Counters = z.infer<typeof Counters>;

/** Of a sample that is older, a rate would say nothing of now. */
const MAX_AGE = 15 * 60_000;

export interface Since {
  /** How much it grew since the last sample, and in how many seconds. Undefined: there is none, or it began anew since. A total that is no number is kept out. */
  grown(name: string, total: number): { readonly by: number; readonly seconds: number } | undefined;
  /** How long ago the last sample was. Undefined: there is none. */
  readonly seconds: number | undefined;
  /** What it was in the last sample. */
  before(name: string): number | undefined;
  /** Keeps a total for the next sample. */
  keep(name: string, total: number): void;
  /** Writes down all that was kept, where that can be written. */
  close(): void;
}

/** What counters stood at in the last sample. One file in the state directory; one that cannot be read is none. */
export function countersIn(state: string, now = Date.now()): Since {
  const file = join(state, 'counters.json');
  const last = read(file);
  const usable = last && now > last.at && now - last.at <= MAX_AGE ? last : undefined;
  const totals: Record<string, number> = {};

  function before(name: string): number | undefined {
    return usable && Object.hasOwn(usable.totals, name) ? usable.totals[name] : undefined;
  }

  function keep(name: string, total: number): void {
    // JSON has no NaN, and one that could not be read must not cost all others their rates.
    if (Number.isFinite(total)) totals[name] = total;
  }

  return {
    seconds: usable && (now - usable.at) / 1000,
    before,
    grown(name, total) {
      keep(name, total);
      const was = before(name);
      // Lower than before: whoever counts was restarted or reset.
      if (was === undefined || !(total >= was)) return undefined;
      return { by: total - was, seconds: (now - usable!.at) / 1000 };
    },
    keep,
    close() {
      try {
        ensurePrivate(state);
        writeDurably(file, JSON.stringify({ at: now, totals }));
      } catch {
        // A full disk costs the next sample its rates, and must not cost this one what says that the disk is full.
        forget(`${file}.part`);
      }
    },
  };
}

function forget(part: string): void {
  try {
    rmSync(part, { force: true });
  } catch {
    // A disk that is read-only has none.
  }
}

function read(file: string): Counters | undefined {
  try {
    return Counters.parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch {
    return undefined;
  }
}
