import type { z } from 'zod';
import { failed } from './failed.ts';

/** Error: `InvalidInput`, naming every fault. */
export function parse<Schema extends z.ZodType>(schema: Schema, value: unknown): z.output<Schema> {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const faults = parsed.error.issues.map(({ path, message }) => [...path, message].join(': '));
  throw failed('InvalidInput', faults.join('; '));
}
