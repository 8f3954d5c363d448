import { createHash } from 'node:crypto';

/** PostgreSQL cuts a longer name without a word, so that two become one. */
const MAX_NAME = 63;

export function isTooLong(name: string): boolean {
  return Buffer.byteLength(name) > MAX_NAME;
}

/** Unquoted, PostgreSQL would look for it in small letters. */
export function isFolded(name: string): boolean {
  return name !== name.toLowerCase();
}

/** Gives names that fit, and none twice. */
export function namer({ lower }: { readonly lower: boolean }): (name: string) => string {
  const given = new Set<string>();
  return (name) => {
    const wanted = lower ? name.toLowerCase() : name;
    const fitting = isTooLong(wanted) || given.has(wanted) ? shortened(wanted, name) : wanted;
    given.add(fitting);
    return fitting;
  };
}

/** The same name gives the same one each time. */
function shortened(wanted: string, name: string): string {
  const mark = createHash('sha256').update(name).digest('hex').slice(0, 8);
  const bytes = Buffer.from(wanted).subarray(0, MAX_NAME - mark.length - 1);
  // Not in the middle of a letter.
  const text = new TextDecoder().decode(bytes).replace(/\uFFFD+$/, '');
  return `${text}_${mark}`;
}
