import { z } from 'zod';
import type { KeyPath } from './target-file.ts';

/** The keys a schema knows at a place of `data`. Empty where any key is allowed. */
export function knownKeys(schema: z.core.$ZodType, path: KeyPath, data: unknown): string[] {
  const here = objectOf(schema, data);
  if (path.length === 0) return here instanceof z.ZodObject ? Object.keys(here.shape) : [];
  const [key, ...rest] = path;
  const next = childOf(here, key!);
  return next ? knownKeys(next, rest, (data as Record<PropertyKey, unknown>)?.[key!]) : [];
}

/** Every key that any choice of a discriminated union knows at a place. */
export function knownKeysOfChoices(
  schema: z.core.$ZodType,
  path: KeyPath,
  data: unknown,
): string[] {
  const [key, ...rest] = path;
  const here = key === undefined ? unwrap(schema) : objectOf(schema, data);
  if (key !== undefined) {
    const next = childOf(here, key);
    const inside = (data as Record<PropertyKey, unknown>)?.[key];
    return next ? knownKeysOfChoices(next, rest, inside) : [];
  }
  if (!(here instanceof z.ZodUnion)) return [];
  const choices = here.options.map((option) => unwrap(option));
  return choices.flatMap((choice) =>
    choice instanceof z.ZodObject ? Object.keys(choice.shape) : [],
  );
}

function childOf(schema: z.core.$ZodType, key: PropertyKey): z.core.$ZodType | undefined {
  if (schema instanceof z.ZodObject) return schema.shape[key as string];
  if (schema instanceof z.ZodArray) return schema.element;
  if (schema instanceof z.ZodRecord) return schema.valueType;
  return undefined;
}

/** Of a union, the choice that the data's own `kind` names, or the only one that has keys. */
function objectOf(schema: z.core.$ZodType, data: unknown): z.core.$ZodType {
  const inner = unwrap(schema);
  if (!(inner instanceof z.ZodUnion)) return inner;
  const choices = inner.options
    .map((option) => unwrap(option))
    .filter((one) => one instanceof z.ZodObject);
  const kind = (data as { kind?: unknown } | undefined)?.kind;
  const named = choices.find((choice) => choice.shape['kind']?.safeParse(kind).success);
  return named ?? choices[0] ?? inner;
}

function unwrap(schema: z.core.$ZodType): z.core.$ZodType {
  if (
    schema instanceof z.ZodOptional ||
    schema instanceof z.ZodDefault ||
    schema instanceof z.ZodPrefault
  )
    return unwrap(schema.unwrap());
  return schema;
}
