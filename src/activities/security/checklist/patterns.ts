export const KINDS = ['e-mail', 'phone', 'card', 'password'] as const;
export type PersonalKind = (typeof KINDS)[number];

export type Hits = Readonly<
  Record<PersonalKind, { readonly count: number; readonly offsets: readonly number[] }>
>;

/**
 * What personal data looks like. Each begins with a letter or digit that is soon found, and none can take long on a text that was made for
 * that: all repetitions have an end.
 *
 * - Phones are international, for ids and stamps have as many digits as a national one.
 * - Cards are four times four digits, of an issuer, and right by their check digit: a long number passes that one time in ten.
 */
const LOCAL = /(?<![\w.%+-])[\w%+-][\w.%+-]{0,63}$/;
const DOMAIN = /(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,62})\.){1,5}[A-Za-z]{2,24}(?![\w-])/y;
const PHONE = /\+[1-9]\d{0,2}(?:[ -]?\(?\d{1,4}\)?){2,5}(?!\d)/y;
const CARD =
  /(?<![\d.-])(?:4\d{3}|5[1-5]\d\d|2[2-7]\d\d|6(?:011|5\d\d))([ -]?)\d{4}\1\d{4}\1\d{4}(?![\d.-])/g;
const PASSWORD =
  /(?<![A-Za-z])(?:password|passwd|pwd)["']?\s?[=:]\s?["']?(?!\*{3}|\[|<|None\b|null\b|true\b|false\b)[^\s"',;&]{4,64}/gi;
const LONGEST_LOCAL = 65;

interface Hit {
  readonly at: number;
  readonly end: number;
}

/** Finds the first that begins from `from` on. */
type Find = (text: string, from: number) => Hit | undefined;

const FINDS: Readonly<Record<PersonalKind, Find>> = {
  'e-mail': (text, from) => {
    for (let sign = text.indexOf('@', from); sign >= 0; sign = text.indexOf('@', sign + 1)) {
      const local = LOCAL.exec(text.slice(Math.max(0, sign - LONGEST_LOCAL), sign))?.[0];
      if (local === undefined || sign - local.length < from) continue;
      DOMAIN.lastIndex = sign + 1;
      const domain = DOMAIN.exec(text);
      if (domain) return { at: sign - local.length, end: DOMAIN.lastIndex };
    }
    return undefined;
  },
  phone: (text, from) => {
    for (let sign = text.indexOf('+', from); sign >= 0; sign = text.indexOf('+', sign + 1)) {
      if (/[\w+]/.test(text[sign - 1] ?? ' ')) continue;
      PHONE.lastIndex = sign;
      const found = PHONE.exec(text)?.[0];
      if (found !== undefined && isLongEnough(found)) return { at: sign, end: PHONE.lastIndex };
    }
    return undefined;
  },
  card: by(CARD, isChecked),
  password: by(PASSWORD, () => true),
};

function by(form: RegExp, isReal: (text: string) => boolean): Find {
  return (text, from) => {
    form.lastIndex = from;
    for (let found = form.exec(text); found !== null; found = form.exec(text))
      if (isReal(found[0])) return { at: found.index, end: form.lastIndex };
    return undefined;
  };
}

/** Counts in pieces of a text. `places`: of each kind, so many of the first are remembered by where they begin. */
export function openPatterns(places: number) {
  const found = Object.fromEntries(
    KINDS.map((kind) => [kind, { count: 0, offsets: [] as number[], done: 0 }]),
  ) as Record<PersonalKind, { count: number; offsets: number[]; done: number }>;

  return {
    /** Takes what begins from `from` up to before `to`; `text` begins at byte `offset` of all. */
    scan(text: string, from: number, to: number, offset: number): void {
      for (const kind of KINDS) {
        const hits = found[kind];
        for (;;) {
          const hit = FINDS[kind](text, Math.max(from, hits.done - offset));
          if (hit === undefined || hit.at >= to) break;
          hits.count += 1;
          hits.done = offset + hit.end;
          if (hits.offsets.length < places) hits.offsets.push(offset + hit.at);
        }
      }
    },
    hits: (): Hits => found,
  };
}

/** By the check digit of Luhn. */
function isChecked(text: string): boolean {
  const digits = text.replaceAll(/\D/g, '');
  let sum = 0;
  for (let at = 0; at < digits.length; at += 1) {
    const digit = Number(digits.at(-1 - at));
    const doubled = at % 2 === 1 ? digit * 2 : digit;
    sum += doubled > 9 ? doubled - 9 : doubled;
  }
  return sum % 10 === 0;
}

/** E.164: no number in the world has fewer than 8 digits with its country, and none more than 15. */
function isLongEnough(text: string): boolean {
  const { length } = text.replaceAll(/\D/g, '');
  return length >= 8 && length <= 15;
}
