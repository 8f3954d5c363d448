/** What a line of the log is about, where that is known. */
export interface LogAbout {
  /** The id of a run, or of another workflow, such as an incident. */
  readonly run?: string | undefined;
  readonly target?: string | undefined;
  /** Of Temporal, where it is about no run. */
  readonly queue?: string | undefined;
  /** The call that it is about, such as `database.swap`, and which attempt of it. */
  readonly activity?: string | undefined;
  readonly attempt?: number | undefined;
}

/** A line of the log. */
export interface LogRecord extends LogAbout {
  /** ISO 8601, UTC. */
  readonly time: string;
  readonly level: 'TRACE' | 'DEBUG' | 'INFO' | 'WARN' | 'ERROR';
  readonly message: string;
  /** What went wrong, in its own words. */
  readonly error?: string | undefined;
  /** What to type. */
  readonly hint?: string | undefined;
}

/** In characters, of each field: somebody else may have written it. */
const MAX_LENGTH = 2000;

/** The text, or its first 2 000 characters and how many more there are. */
export function bounded(text: string): string {
  if (text.length <= MAX_LENGTH) return text;
  // Half a letter at the cut is left out.
  const kept = text.slice(0, MAX_LENGTH).replace(/[\uD800-\uDBFF]$/, '');
  return `${kept}… (${text.length - kept.length} more)`;
}

/** One JSON object without an end of line in it, each text bounded, and nothing that a terminal would obey. */
export function recordJson(record: LogRecord): string {
  return visible(
    JSON.stringify(record, (_, value: unknown) =>
      typeof value === 'string' ? bounded(value) : value,
    ),
  );
}

/** What JSON leaves as it is, and a terminal does not: read, it is the same value. */
const UNSEEN = /[\u007F-\u009F\p{Cf}\u2028\u2029]/gu;

/** The same JSON, with what nobody sees written as `\u` and its number. */
export function visible(json: string): string {
  return json.replaceAll(UNSEEN, (letter) =>
    // One of them may have two units.
    Array.from({ length: letter.length }, (_, at) => unit(letter.charCodeAt(at))).join(''),
  );
}

function unit(code: number): string {
  return `\\u${code.toString(16).padStart(4, '0')}`;
}
