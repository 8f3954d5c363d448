/**
 * What stands in `own` on top of `base`. Keys are merged at every depth; lists and single values replace.
 * An empty value (`cache:`) takes away what the base has.
 */
export function merge(base: unknown, own: unknown): unknown {
  if (!isRecord(base) || !isRecord(own)) return own;
  const merged = { ...base };
  for (const [key, value] of Object.entries(own)) {
    if (value === null && key in base) delete merged[key];
    else merged[key] = key in base ? merge(base[key], value) : value;
  }
  return merged;
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
