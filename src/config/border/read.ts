import type { z } from 'zod';
import { excessOf, MESSAGE } from './excess.ts';
import { shortened } from './texts.ts';

/** So much of what is wrong is told: the sentence may quote what somebody sent. */
const MOST_LETTERS = 1000;

type Read<Value> =
  | { readonly isRead: true; readonly value: Value }
  | { readonly isRead: false; readonly why: string };

/** What came over a border, read by its schema: either all of it is as expected, or `why` names every fault. */
export function read<Schema extends z.ZodType>(
  schema: Schema,
  value: unknown,
  limits = MESSAGE,
): Read<z.output<Schema>> {
  const excess = excessOf(value, limits);
  if (excess !== undefined) return { isRead: false, why: excess };
  const parsed = schema.safeParse(value);
  if (parsed.success) return { isRead: true, value: parsed.data };
  const faults = parsed.error.issues.map(({ path, message }) =>
    [...path.map(String), message].join(': '),
  );
  return { isRead: false, why: shortened(faults.join('; '), MOST_LETTERS) };
}
