import type { Figure, Unit } from '../../figures/figure.ts';
import { durationText } from '../times.ts';

const KIBIBYTE = 1024;
const DAY = 86_400;

const texts: Readonly<Record<Unit, (value: number) => string>> = {
  seconds: secondsText,
  ratio: (value) => `${short(value * 100)} %`,
  bytes: bytesText,
  count: short,
  'per second': (value) => `${short(value)} /s`,
  'bytes per second': (value) => `${bytesText(value)}/s`,
};

/** A figure in at most 10 letters, as people compare it: `12 ms`, `93 %`, `48.2 MiB`. `-`: it was not read. */
export function valueText({ value, unit }: Pick<Figure, 'value' | 'unit'>): string {
  if (value === undefined || !Number.isFinite(value)) return '-';
  return texts[unit](value);
}

function secondsText(seconds: number): string {
  if (Math.abs(seconds) < 1) return `${short(seconds * 1000)} ms`;
  if (Math.abs(seconds) >= 2 * DAY) return `${Math.floor(seconds / DAY)} d`;
  return `${seconds < 0 ? '-' : ''}${durationText(Math.abs(seconds) * 1000)}`;
}

function bytesText(bytes: number): string {
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB'];
  const power = Math.floor(Math.log(Math.max(1, Math.abs(bytes))) / Math.log(KIBIBYTE));
  const unit = Math.min(power, units.length - 1);
  return `${short(bytes / KIBIBYTE ** unit)} ${units[unit]}`;
}

/** A length of time in its largest unit, for nobody compares them: `23 s`, `4 min`, `30 h`, `9 d`. */
export function ageText(milliseconds: number): string {
  const seconds = Math.floor(Math.max(0, milliseconds) / 1000);
  if (seconds < 60) return `${seconds} s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min`;
  if (seconds < 2 * DAY) return `${Math.floor(seconds / 3600)} h`;
  return `${Math.floor(seconds / DAY)} d`;
}

/** With a digit behind the point where one says something. */
function short(value: number): string {
  if (Math.abs(value) >= 1e6) return value.toExponential(1);
  return Math.abs(value) < 100 && !Number.isInteger(value) ? value.toFixed(1) : value.toFixed(0);
}
