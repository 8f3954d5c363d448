import type { z } from 'zod';
import { read } from '../../config/border/read.ts';
import { failed } from './failed.ts';

/** Error: `InvalidInput`, naming every fault. */
export function parse<Schema extends z.ZodType>(
  schema: Schema,
  value: unknown,
  limits?: Parameters<typeof read>[2],
): z.output<Schema> {
  const parsed = read(schema, value, limits);
  if (parsed.isRead) return parsed.value;
  throw failed('InvalidInput', parsed.why);
}
