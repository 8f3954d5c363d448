/** How much one value may hold before anybody looks at its shape. */
interface Limits {
  /** Values in it, at any depth. */
  readonly values: number;
  /** Letters of all its texts and keys. */
  readonly letters: number;
}

/** One message, or the input of a run: far more than a person types or an alert says. */
export const MESSAGE: Limits = { values: 10_000, letters: 256_000 };
/** What a workflow hands on to itself, or one activity to the next. */
export const STATE: Limits = { values: 100_000, letters: 2_000_000 };

/**
 * Why a value is too much to be looked at, as a sentence; undefined when it is not. A schema looks at each of a million
 * items, which holds its process up for seconds: this goes no further than the limits, and is not deep where the value is.
 */
export function excessOf(value: unknown, { values, letters }: Limits): string | undefined {
  const left: unknown[] = [value];
  let seen = 0;
  let read = 0;
  while (left.length > 0) {
    const one = left.pop();
    seen += 1;
    if (typeof one === 'string') read += one.length;
    else if (Array.isArray(one)) {
      if (seen + left.length + one.length > values) return tooMany(values);
      left.push(...(one as unknown[]));
    } else if (typeof one === 'object' && one !== null) {
      for (const key in one) {
        if (!Object.hasOwn(one, key)) continue;
        if (seen + left.length > values) return tooMany(values);
        read += key.length;
        left.push((one as Record<string, unknown>)[key]);
      }
    }
    if (seen > values) return tooMany(values);
    if (read > letters) return `Expected at most ${letters} letters`;
  }
  return undefined;
}

function tooMany(values: number): string {
  return `Expected at most ${values} values`;
}
