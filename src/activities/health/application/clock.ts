import { existsSync } from 'node:fs';
import type { Figure } from '../../../figures/figure.ts';
import { measured, notApplicable, type Sampling, unknown } from '../sampling.ts';
import type { Asked } from './ask.ts';

/** Certificates, tokens and logs bear a second or two. */
const MAX_OFFSET = 2;
/** systemd-timesyncd(8) makes the file when it has set the clock for the first time. */
const TIMESYNC = '/run/systemd/timesync';

/** Date of HTTP has no parts of a second: the offset is only known to lie between two numbers. Positive: the other clock is ahead. */
export function clockOf(sampling: Sampling, url: string, { clock, text }: Asked): Figure[] {
  const source = `Date of GET ${url}`;
  return [offset(), synchronised(sampling)];

  function offset(): Figure {
    if (!clock) return unknown(sampling, 'clock.offset', 'seconds', source, `No Date: ${text}`);
    const least = (clock.date - clock.answered) / 1000;
    const most = (clock.date + 999 - clock.asked) / 1000;
    const value = least > 0 ? least : Math.min(most, 0);
    const off = Math.abs(value) > MAX_OFFSET;
    return measured(
      sampling,
      'clock.offset',
      {
        value,
        unit: 'seconds',
        source,
        note:
          value === 0
            ? 'The same as here, as far as can be seen'
            : `${Math.abs(value).toFixed(1)} s ${value > 0 ? 'ahead of' : 'behind'} this machine's clock`,
      },
      { verdict: off ? 'warning' : 'ok', limit: `warning beyond ${MAX_OFFSET}s` },
    );
  }
}

function synchronised(sampling: Sampling): Figure {
  const name = 'clock.synchronised';
  if (!existsSync(TIMESYNC))
    return notApplicable(
      sampling,
      name,
      'count',
      TIMESYNC,
      'No systemd-timesyncd keeps this clock',
    );
  const is = existsSync(`${TIMESYNC}/synchronized`);
  return measured(
    sampling,
    name,
    {
      value: Number(is),
      unit: 'count',
      source: `${TIMESYNC}/synchronized`,
      note: is ? 'Kept by NTP' : 'Not set by NTP since this machine started',
    },
    { verdict: is ? 'ok' : 'warning', limit: 'warning without NTP' },
  );
}
