import type { Figure, Unit } from '../../../figures/figure.ts';
import { asRatio, inBytes } from '../../../config/schema/values/quantities.ts';
import { plainLine } from '../../../config/text/plain-text.ts';
import { inMilliseconds } from '../../../config/time/duration.ts';
import type { Status } from '../../local/status/status-of.ts';

/** More is cut off by what reads it. */
const MOST = 500;

/** One line as the guidelines of monitoring plugins want it: state, reasons, and after a bar what was measured. */
export function pluginLine({ target, verdict, lines, figures, ages }: Status): string {
  const worst = ['critical', 'unknown', 'warning'];
  const bad = lines
    .filter((line) => worst.includes(line.verdict))
    .toSorted((one, other) => worst.indexOf(one.verdict) - worst.indexOf(other.verdict));
  const said = bad.length === 0 ? lines.slice(0, 1) : bad;
  const text = said.map((line) => `${line.subject}: ${line.text}`).join('; ');
  const data = [
    ...Object.entries(ages).map(([name, age]) => `'age ${name}'=${age}s`),
    ...figures.flatMap(dataOf),
  ];
  const head = `${target.toUpperCase()} ${word(verdict)} - ${plain(text)}`;
  return data.length > 0 ? `${head} | ${data.join(' ')}` : head;
}

function word(verdict: Status['verdict']): string {
  return verdict === 'not applicable' ? 'UNKNOWN' : verdict.toUpperCase();
}

/** A bar begins what was measured. */
function plain(text: string): string {
  return plainLine(text, MOST).replaceAll('|', '/');
}

const units: Readonly<Record<Unit, string>> = {
  seconds: 's',
  ratio: '%',
  bytes: 'B',
  count: '',
  'per second': '',
  'bytes per second': '',
};

function dataOf({ name, value, unit, limit, verdict }: Figure): string[] {
  if (verdict === 'not applicable') return [];
  const label = plainLine(name).replaceAll('=', ':').replaceAll("'", "''").replaceAll('|', '/');
  if (value === undefined || !Number.isFinite(value)) return [`'${label}'=U`];
  const [warning, critical] = thresholds(limit);
  const scaled = unit === 'ratio' ? rounded(value * 100) : rounded(value);
  return [`'${label}'=${scaled}${units[unit]};${warning};${critical}`.replace(/;+$/, '')];
}

/** As ranges: `2` is bad above 2, `80:` is bad below 80. */
function thresholds(limit: string | undefined): [string, string] {
  const [, kind, side, text] =
    /^(warning|critical) (above|below|from) (.+)$/.exec(limit ?? '') ?? [];
  if (text === undefined) return ['', ''];
  const number = rounded(numberOf(text));
  if (Number.isNaN(Number(number))) return ['', ''];
  const range = side === 'below' ? `${number}:` : number;
  return kind === 'warning' ? [range, ''] : ['', range];
}

function numberOf(text: string): number {
  if (text.endsWith('%')) return asRatio(text) * 100;
  if (text.endsWith('B')) return inBytes(text);
  return /^\d+$/.test(text) ? Number(text) : inMilliseconds(text) / 1000;
}

/** Never with an exponent, which some readers do not know. */
function rounded(value: number): string {
  if (Math.abs(value) >= 1e15 && Number.isFinite(value))
    return BigInt(Math.round(value)).toString();
  return value.toFixed(6).replace(/\.?0+$/, '');
}
