/** What a line of a log, and the lines that belong to it, say. */
export interface Entry {
  /** In ms since 1970. NaN: it does not say so. */
  readonly at: number;
  readonly level?: 'error' | 'warning';
  /** As it was written, from outside: never shown before `plainLine`. */
  readonly message: string;
  /** Of an error: the exception's class, or what else tells its sort. */
  readonly type?: string;
  /** What the application itself complains of: `SLOW QUERY`, `HIGH MEMORY`, `TIMEOUT`. */
  readonly alerts?: readonly string[];
  /** Of telemetry: its `event_type`. */
  readonly event?: string;
  /** Where a login came from that failed: an address, or a name when no address is told. */
  readonly login?: string;
}

/** What is counted of an entry: of messages only those of errors are. */
export type Counted = { readonly [Key in keyof Entry]?: Entry[Key] | undefined } & Pick<
  Entry,
  'at'
>;

/** Complaints that the manuals look for. */
const ALERTS = ['SLOW QUERY', 'HIGH MEMORY', 'TIMEOUT'] as const;

const FAILED_LOGIN =
  /failed login|login failed|failed password|authentication fail|invalid (?:password|credentials)/i;
const HINTS = ['gin', 'asswor', 'uthentica', 'redentia'] as const;
const ADDRESS = /\b(?:\d{1,3}(?:\.\d{1,3}){3}|[\da-f]{0,4}(?::[\da-f]{0,4}){3,7})\b/i;
const NAMED = /\b(?:from|user(?:name)?|for)[ =:]+["']?([^\s"',;]{1,64})/i;

/** From where a login failed of which this text tells. Undefined: it tells of none. */
export function failedLogin(text: string): string | undefined {
  // Most lines have none of these, and that is soon seen.
  if (!HINTS.some((hint) => text.includes(hint)) || !FAILED_LOGIN.test(text)) return undefined;
  return ADDRESS.exec(text)?.[0] ?? NAMED.exec(text)?.[1] ?? 'unknown';
}

/** Complaints in a text. Undefined: none. */
export function alertsIn(text: string): string[] | undefined {
  let found: string[] | undefined;
  for (const alert of ALERTS) if (text.includes(alert)) (found ??= []).push(alert);
  return found;
}
