import { createHash } from 'node:crypto';
import type { Target } from './schema/target.ts';

/** Names a policy by its content, whatever the order of its keys: 12 hexadecimal digits. Comments of the YAML do not count. */
export function fingerprintOf(target: Target): string {
  return createHash('sha256').update(canonical(target)).digest('hex').slice(0, 12);
}

/** The parts of a target, such as `backups`, in which two policies differ. Never their values. */
export function changedParts(one: Target, other: Target): string[] {
  const keys = new Set([...Object.keys(one), ...Object.keys(other)]);
  return [...keys].filter((key) => partOf(one, key) !== partOf(other, key)).toSorted();
}

function partOf(target: Target, key: string): string {
  return canonical(target[key as keyof Target]);
}

function canonical(value: unknown): string {
  return (
    JSON.stringify(value, (_key, part: unknown) => (isRecord(part) ? sorted(part) : part)) ?? ''
  );
}

function sorted(record: Readonly<Record<string, unknown>>): object {
  return Object.fromEntries(
    Object.entries(record).toSorted(([one], [other]) => (one < other ? -1 : 1)),
  );
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
