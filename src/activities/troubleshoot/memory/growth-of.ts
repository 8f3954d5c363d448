import type { Target } from '../../../config/schema/target.ts';
import { type Day, forecast } from '../../../figures/forecast.ts';
import { inMebibytes } from '../../../os/files/disk-space.ts';
import { openFigures } from '../../../state/figures/open-figures.ts';

const HOUR = 3_600_000;
/** In hours. What grew slower than within four days is not why it is short of memory now. */
const LOOKED_AT = 96;

/** How what the application holds has changed, by the lowest value of each hour: a sentence. Of `limit` bytes. */
export function growthOf(
  { state }: Pick<Target, 'state'>,
  limit: number,
  now = Date.now(),
): { readonly note: string; readonly grows: boolean } {
  const lows = hourlyLows(state, now);
  // The same question as for a database by the day: a restart is a step down, and one burst is no growth.
  const found = forecast(lows, limit);
  const over = `its lowest value of each of ${lows.length} hours`;
  switch (found.what) {
    case 'reaches': {
      const rate = `${inMebibytes(found.perDay)} an hour`;
      const when = `all of ${inMebibytes(limit)} in ${Math.round(found.from)} to ${Math.round(found.to)} hours`;
      return { grows: true, note: `It grows by ${rate}, by ${over}: ${when}` };
    }
    case 'unknown since the drop':
      return {
        grows: false,
        note: `It fell ${found.days} hours ago, as after a restart: too short to say whether it grows`,
      };
    case 'too short':
      return { grows: false, note: 'It was measured for too few hours to say whether it grows' };
    // It cannot be said to reach what it has reached: how much is in use is told beside this.
    case 'reached':
    case 'falls':
    case 'no trend':
      return { grows: false, note: `It does not grow, by ${over}` };
  }
}

function hourlyLows(state: string, now: number): Day[] {
  const store = openFigures(state);
  try {
    const [from, to] = [now - LOOKED_AT * HOUR, now].map((at) => new Date(at).toISOString());
    return store
      .hours('memory.application', from!, to!)
      .map(({ at, low }) => ({ day: Math.floor(at / HOUR), low }));
  } catch {
    // What was measured cannot be read: what is now is told all the same.
    return [];
  } finally {
    store.close();
  }
}
