import { Temporal as T } from 'temporal-polyfill';

/** Reads when a line was written, in ms since 1970. NaN: it does not say so. */
export interface Stamps {
  /** At the beginning of a line, as Python's logging and ISO 8601 have it: `2026-01-05 02:00:00,123`. */
  leading(text: string): number;
  /**
   * The same of a line in its bytes, when that is soon seen: Python's own stamp, of a minute that was read last. NaN: it has to be read as
   * text.
   */
  leadingBytes(bytes: Uint8Array, start: number): number;
  /** Anywhere in a line, as nginx and Apache have it: `[05/Jan/2026:02:00:00 +0000]`. */
  bracketed(text: string): number;
  /** Of a value in JSON: ISO 8601, or seconds or milliseconds since 1970. */
  value(value: unknown): number;
}

const LEADING =
  /^\[?(\d{4}-\d\d-\d\d)[ T](\d\d):([0-5]\d):([0-6]\d)(?:[.,](\d{1,9}))?(?: ?(Z|[+-]\d\d:?\d\d)(?![\d:]))?/;
const BRACKETED = /\[(\d\d)\/([A-Z][a-z]{2})\/(\d{4}):(\d\d):(\d\d):(\d\d) ([+-]\d\d)(\d\d)\]/;
const MONTHS = 'JanFebMarAprMayJunJulAugSepOctNovDec';
/** Above it a number counts milliseconds: as seconds it would be the year 5138. */
const MAX_SECONDS = 1e11;
/** Hours and minutes that are remembered: a log that jumps about asks for few at a time. */
const REMEMBERED = 2000;
/** Of `2026-01-05 02:00`, and of the whole stamp with what follows it. */
const MINUTE_BYTES = 16;
const STAMP_BYTES = 26;
const COLON = 58;
const COMMA = 44;
const SPACE = 32;
const PLUS = 43;
const ZERO = 48;
const NINE = 57;
const ZULU = 90;

/** `timezone`: of stamps that name none themselves, as Python's do not. */
export function stampsIn(timezone: string): Stamps {
  const hours = new Map<string, number>();
  const minutes = new Map<string, number>();
  let last: { readonly minute: string; readonly begin: number } | undefined;
  const lastBytes = Buffer.alloc(MINUTE_BYTES);

  function leading(text: string): number {
    const usual = pythons(text);
    if (usual !== undefined) return usual;
    const found = LEADING.exec(text);
    if (!found) return NaN;
    const [, day, hour, minute, second, fraction = '', zone] = found as unknown as [
      string,
      string,
      string,
      string,
      string,
      string | undefined,
      string | undefined,
    ];
    const past =
      Number(minute) * 60_000 + Number(second) * 1000 + Math.floor(Number(`0.${fraction}`) * 1000);
    if (zone === undefined) return startOf(day, hour) + past;
    const offset = zone === 'Z' ? '+00:00' : zone.replace(/^(...)(\d\d)$/, '$1:$2');
    return Date.parse(`${day}T${hour}:00:00${offset}`) + past;
  }

  /** As Python writes it by default, `2026-01-05 02:00:00,123 - `: nearly all of a log that has any. Undefined: it is none. */
  function pythons(text: string): number | undefined {
    if (text.charCodeAt(19) !== COMMA || text.charCodeAt(23) !== SPACE) return undefined;
    if (isZone(text.charCodeAt(24)) || isDigit(text.charCodeAt(25))) return undefined;
    // Lines of one minute follow one another.
    if (last !== undefined && text.startsWith(last.minute)) return withinMinute(text, last.begin);
    const minute = text.slice(0, 16);
    let begin = minutes.get(minute);
    if (begin === undefined) {
      if (!/^\d{4}-\d\d-\d\d[ T]\d\d:[0-5]\d$/.test(minute)) return undefined;
      begin =
        startOf(minute.slice(0, 10), minute.slice(11, 13)) + Number(minute.slice(14)) * 60_000;
      if (minutes.size > REMEMBERED) minutes.clear();
      minutes.set(minute, begin);
    }
    last = { minute, begin };
    lastBytes.write(minute, 'latin1');
    return withinMinute(text, begin);
  }

  function leadingBytes(bytes: Uint8Array, start: number): number {
    if (last === undefined || start + STAMP_BYTES > bytes.length) return NaN;
    for (let index = MINUTE_BYTES - 1; index >= 0; index -= 1)
      if (bytes[start + index] !== lastBytes[index]) return NaN;
    const isUsual =
      bytes[start + 16] === COLON &&
      bytes[start + 19] === COMMA &&
      bytes[start + 23] === SPACE &&
      !isZone(bytes[start + 24]!) &&
      !isDigit(bytes[start + 25]!);
    if (!isUsual) return NaN;
    return (
      last.begin +
      digitOf(bytes[start + 17]!) * 10_000 +
      digitOf(bytes[start + 18]!) * 1000 +
      digitOf(bytes[start + 20]!) * 100 +
      digitOf(bytes[start + 21]!) * 10 +
      digitOf(bytes[start + 22]!)
    );
  }

  /** Of an hour on the log's clock. One that a change of clocks repeats is its first. */
  function startOf(day: string, hour: string): number {
    const key = `${day}T${hour}`;
    const known = hours.get(key);
    if (known !== undefined) return known;
    const found = timezone === 'UTC' ? Date.parse(`${key}:00:00Z`) : zoned(`${key}:00:00`);
    if (hours.size > REMEMBERED) hours.clear();
    hours.set(key, found);
    return found;
  }

  function zoned(text: string): number {
    try {
      return T.PlainDateTime.from(text).toZonedDateTime(timezone).epochMilliseconds;
    } catch {
      return NaN;
    }
  }

  return {
    leading,
    leadingBytes,
    bracketed(text) {
      const found = BRACKETED.exec(text);
      if (!found) return NaN;
      const [, day, month, year, hour, minute, second, east, past] = found;
      const number = String(MONTHS.indexOf(month!) / 3 + 1).padStart(2, '0');
      return Date.parse(`${year}-${number}-${day}T${hour}:${minute}:${second}${east}:${past}`);
    },
    value(value) {
      if (typeof value === 'number') return value > MAX_SECONDS ? value : value * 1000;
      if (typeof value !== 'string') return NaN;
      return /^\d{9,}(\.\d+)?$/.test(value) ? Number(value) * 1000 : leading(value);
    },
  };
}

/** Seconds and milliseconds of Python's stamp, behind the minute that began at `begin`. */
function withinMinute(text: string, begin: number): number {
  return (
    begin +
    digit(text, 17) * 10_000 +
    digit(text, 18) * 1000 +
    digit(text, 20) * 100 +
    digit(text, 21) * 10 +
    digit(text, 22)
  );
}

function isDigit(code: number): boolean {
  return code >= ZERO && code <= NINE;
}

function isZone(code: number): boolean {
  return isDigit(code) || code === PLUS || code === ZULU;
}

function digit(text: string, index: number): number {
  return digitOf(text.charCodeAt(index));
}

/** NaN where there is none. */
function digitOf(code: number): number {
  return isDigit(code) ? code - ZERO : NaN;
}
