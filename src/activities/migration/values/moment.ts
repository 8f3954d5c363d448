/** A date or a time that SQLite keeps as text. */
export interface Moment {
  /** Since 1970-01-01 00:00, of UTC where no zone is named. */
  readonly microseconds: bigint;
  readonly has: 'date' | 'time' | 'zone';
  /** As it is written: `YYYY-MM-DD HH:MM:SS.ffffff+hh:mm`, without what it has not. */
  readonly format: string;
}

const MOMENT =
  /^(?<year>\d{4})-(?<month>\d\d)-(?<day>\d\d)(?:(?<gap>[ T])(?<hour>\d\d):(?<minute>\d\d)(?::(?<second>\d\d)(?:\.(?<fraction>\d{1,6}))?)?(?<zone>Z|[+-]\d\d:\d\d)?)?$/;

/** Undefined: it is none, such as `0000-00-00`, 30 February, or `now`, which PostgreSQL would take for a time. */
export function momentOf(text: string): Moment | undefined {
  if (text.length < 10 || text.length > 32) return undefined;
  const found = MOMENT.exec(text)?.groups;
  if (!found) return undefined;
  const { year, month, day, gap, hour = '00', minute = '00', second, fraction, zone } = found;
  const seconds = second ?? '00';
  if (Number(hour) > 23 || Number(minute) > 59 || Number(seconds) > 59 || year === '0000')
    return undefined;
  const day0 = `${year}-${month}-${day}`;
  const milliseconds = Date.parse(`${day0}T${hour}:${minute}:${seconds}Z`);
  // 30 February reads as 1 March.
  if (Number.isNaN(milliseconds) || new Date(milliseconds).toISOString().slice(0, 10) !== day0)
    return undefined;
  const offset = offsetOf(zone);
  if (offset === undefined) return undefined;
  const parts = BigInt((fraction ?? '').padEnd(6, '0'));
  return {
    microseconds: (BigInt(milliseconds) - BigInt(offset) * 60_000n) * 1000n + parts,
    has: gap === undefined ? 'date' : zone === undefined ? 'time' : 'zone',
    format: `YYYY-MM-DD${gap === undefined ? '' : `${gap}HH:MM`}${second === undefined ? '' : ':SS'}${
      fraction === undefined ? '' : `.${'f'.repeat(fraction.length)}`
    }${zone === undefined ? '' : zone === 'Z' ? 'Z' : '+hh:mm'}`,
  };
}

/** In minutes. */
function offsetOf(zone: string | undefined): number | undefined {
  if (zone === undefined || zone === 'Z') return 0;
  const [hours, minutes] = [Number(zone.slice(1, 3)), Number(zone.slice(4))];
  // PostgreSQL takes no more.
  if (hours > 15 || minutes > 59) return undefined;
  return (zone.startsWith('-') ? -1 : 1) * (hours * 60 + minutes);
}

/** The text of a moment in a format of `momentOf`. What the format has no place for, such as a fraction, is written all the same. */
export function momentText(microseconds: bigint, format: string): string {
  const within = ((microseconds % 1_000_000n) + 1_000_000n) % 1_000_000n;
  const iso = new Date(Number((microseconds - within) / 1000n)).toISOString();
  const [date, time] = [iso.slice(0, 10), iso.slice(11, 19)];
  const digits = /f+/.exec(format)?.[0].length ?? 0;
  const whole = String(within).padStart(6, '0');
  const fraction = whole.slice(0, Math.max(digits, whole.replace(/0+$/, '').length));
  const isDate = !/[HM]{2}:/.test(format) && !format.includes('HH');
  if (isDate && time === '00:00:00' && fraction === '') return date;
  const gap = format.charAt(10) === 'T' ? 'T' : ' ';
  const seconds = format.includes('SS') || fraction !== '' || !time.endsWith(':00');
  const shown = seconds || isDate ? time : time.slice(0, 5);
  const zone = format.endsWith('Z') ? 'Z' : format.endsWith('+hh:mm') ? '+00:00' : '';
  return `${date}${gap}${shown}${fraction === '' ? '' : `.${fraction}`}${zone}`;
}
