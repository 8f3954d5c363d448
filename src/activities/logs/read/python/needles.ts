import { isAt } from './line-bytes.ts';

/**
 * What is searched for: of each word the part that begins with its rarest letter, for a search costs as much as its first letter is frequent
 * in a log. `E` is in every DEBUG, `T` in every GET, `O` in every INFO. No line without one of these is looked at; a line that has one by
 * accident says nothing, and costs little. Of at most 6 letters: from 7 on Node looks for the last ones.
 */
const WORDS = [
  'RROR', // ERROR
  'WARN', // and WARNING
  'CRIT', // CRITICAL
  '(most', // of the first line of a traceback
  'Failed', // login
].map((text) => needleOf(text));
export const COMPLAINTS = [
  needleOf('RY', ['SLOW QUE', 'SLOW QUERY'], ['HIGH MEMO', 'HIGH MEMORY']),
  needleOf('MEOUT', ['TI', 'TIMEOUT']),
];
/** No line of Python's logging is looked at without one of these. */
export const NEEDLES = [...COMPLAINTS, ...WORDS];
/** Of a text in no layout, too: Python writes CRITICAL for it. */
export const MORE = [...NEEDLES, needleOf('FATAL')];

export interface Needle {
  readonly bytes: Buffer;
  /** What stands before it, or it is none. Of none it is one everywhere. */
  readonly forms: readonly { readonly before: Buffer; readonly alert: string }[];
}

function needleOf(text: string, ...forms: readonly [before: string, alert: string][]): Needle {
  return {
    bytes: Buffer.from(text),
    forms: forms.map(([before, alert]) => ({ before: Buffer.from(before), alert })),
  };
}

/** Where it is next. -1: nowhere. */
export function hitFrom(region: Buffer, needle: Needle, from: number): number {
  let hit = region.indexOf(needle.bytes, from);
  if (needle.forms.length === 0) return hit;
  while (hit >= 0 && alertAt(region, needle, hit) === undefined)
    hit = region.indexOf(needle.bytes, hit + 1);
  return hit;
}

/** The complaint whose needle is there. */
export function alertAt(region: Buffer, { forms }: Needle, hit: number): string | undefined {
  for (let index = 0; index < forms.length; index += 1) {
    const { before, alert } = forms[index]!;
    if (isAt(region, hit - before.length, before)) return alert;
  }
  return undefined;
}
