import type { Target } from '../../../config/schema/target.ts';
import { permanent } from '../../../os/failure.ts';
import { readInclude } from './include.ts';

/** What the file that the proxy includes says: whether new users are refused, and since when on whose behalf. */
export type Door =
  | { readonly state: 'open' }
  /** `opening`: it lets users through as soon as the proxy has read it. */
  | {
      readonly state: 'closed' | 'opening';
      readonly run: string;
      readonly since: string;
      /** What users are told, while it is closed. */
      readonly retryAfter?: string;
    };

type Place = Pick<Target, 'name' | 'proxy'>;

/** When it was closed, by which run. */
interface Since {
  readonly since: string;
  readonly run: string;
}

const FIRST_LINE =
  /^# Durable Runbooks, target (\S+): (?:open|(closed|opening) since (\S+) by (\S+))$/;

/**
 * Undefined: the target names none, or it is not there yet. An empty file is an open door.
 * Error: `ProxyRefused` when it cannot be read, or is not ours.
 */
export function readDoor({ name, proxy }: Place): Door | undefined {
  const file = proxy?.drain?.include;
  const text = file === undefined ? undefined : readInclude(file);
  if (file === undefined || text === undefined) return undefined;
  const first = text.split('\n', 1)[0]!;
  // What says nothing to the proxy keeps nobody out, whoever wrote it.
  if (!FIRST_LINE.test(first) && text.split('\n').every((line) => /^\s*(#|$)/.test(line)))
    return { state: 'open' };
  const [, owner, state, since, run] = FIRST_LINE.exec(first) ?? [];
  if (owner !== name) {
    const whose = owner === undefined ? 'is not ours' : `is of target "${owner}"`;
    throw permanent('ProxyRefused', `"${file}" ${whose}, and stays as it is: name another one`);
  }
  if (since === undefined || run === undefined) return { state: 'open' };
  const told = { since, run: decoded(run) };
  if (state !== 'closed') return { state: 'opening', ...told };
  const [, retryAfter] = /^add_header Retry-After "([^"]*)" always;$/m.exec(text) ?? [];
  return { state: 'closed', ...told, ...(retryAfter !== undefined && { retryAfter }) };
}

/** Undefined: nothing keeps users out. Else why, as text: also when nobody can tell. */
export function whyClosed(place: Place): string | undefined {
  try {
    const door = readDoor(place);
    return door && door.state !== 'open'
      ? `Its proxy refuses users since ${door.since}, by ${door.run}`
      : undefined;
  } catch (error) {
    return (error as Error).message;
  }
}

export function openText(name: string): string {
  return `# Durable Runbooks, target ${name}: open\n`;
}

/** It is as open as the other, and says that nobody has seen yet that the proxy has read it. */
export function openingText(name: string, { since, run }: Since): string {
  return `# Durable Runbooks, target ${name}: opening since ${since} by ${word(run)}\n`;
}

/** `retryAfter`: seconds, or a date as HTTP has it. A run's id may hold anything: here it is one word. */
export function closedText(name: string, { since, run }: Since, retryAfter: string): string {
  return [
    `# Durable Runbooks, target ${name}: closed since ${since} by ${word(run)}`,
    `add_header Retry-After "${retryAfter}" always;`,
    'return 503;',
    '',
  ].join('\n');
}

function word(text: string): string {
  return encodeURIComponent(text.toWellFormed());
}

function decoded(word: string): string {
  try {
    return decodeURIComponent(word);
  } catch {
    return word;
  }
}
