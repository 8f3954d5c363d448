import { z } from 'zod';

/** A share as people write it: `80%`, `0.5%`. */
export const Percent = z
  .string('Expected a percentage, such as "80%"')
  .regex(/^\d+(\.\d+)?%$/, 'Expected a percentage, such as "80%"');
export type Percent = z.infer<typeof Percent>;

/** An amount of bytes as people write it: `500MB`, `1GB`. Powers of 1024, as the manuals' tools count. */
export const Bytes = z
  .string('Expected a number and KB, MB, GB or TB, such as "500MB"')
  .regex(/^\d+(KB|MB|GB|TB)$/, 'Expected a number and KB, MB, GB or TB, such as "500MB"');
export type Bytes = z.infer<typeof Bytes>;

/** Memory as Docker takes it: `4g`, `512m`, also `4GB`. Powers of 1024. */
export const MemorySize = z
  .string('Expected a number and "m" or "g", such as "4g"')
  .regex(/^[1-9]\d{0,5}[mg]b?$/i, 'Expected a number and "m" or "g", such as "4g"');
export type MemorySize = z.infer<typeof MemorySize>;

/** `80%` is 0.8. */
export function asRatio(percent: Percent): number {
  return Number.parseFloat(percent) / 100;
}

/** NaN for what is none, which is told already. */
export function inBytes(bytes: Bytes): number {
  const [, amount, unit] = /^(\d+)(\D+)$/.exec(bytes) ?? [];
  return Number(amount) * 1024 ** (units.indexOf(unit!) + 1);
}

export function memoryInBytes(size: MemorySize): number {
  return inBytes(`${size.toUpperCase().replace('B', '')}B`);
}

const units = ['KB', 'MB', 'GB', 'TB'];
