import { z } from 'zod';
import { Moment } from '../../config/border/texts.ts';
import { severities, type Severity } from '../../config/schema/values/severity.ts';
import { countText } from '../../config/text/count-text.ts';

/** So many are known by name. */
const MOST_MEMBERS = 1000;
/** So many more that fire are kept by fingerprint alone. */
const MOST_UNLISTED = 10_000;
/** What a message names. */
const MOST_NAMED = 10;
/** Of the name of one. */
const MOST_LETTERS = 120;
/** The end of a fingerprint that tells it from others. */
const MOST_LETTERS_OF_END = 32;

/** One of the alerts that are one incident, as a report says it. */
export const Member = z.strictObject({
  fingerprint: z.string().regex(/^[a-z0-9][a-z0-9-]{0,99}$/, 'Expected a-z, 0-9 and dashes'),
  status: z.enum(['firing', 'resolved']),
  severity: z.enum(severities),
  title: z.string().min(1).max(300),
  /** By the clock of who says so. */
  at: Moment,
});
export type Member = z.infer<typeof Member>;

/** What is known of one. */
export interface KnownMember {
  readonly title: string;
  readonly firing: boolean;
  readonly severity: Severity;
  readonly at: string;
}

/** The alerts that are one incident. */
export interface Members {
  readonly known: Readonly<Record<string, KnownMember>>;
  /** Others that fire, by the end of their fingerprint. */
  readonly unlisted: readonly string[];
  /** There were more than are kept: it cannot be known from alerts when all are over, and a person says so. */
  readonly uncounted?: boolean;
}

const NONE: Members = { known: {}, unlisted: [] };

/** What one report changes. */
export interface MembersHeard {
  readonly members: Members;
  /** Those that did not fire before, or were less grave. */
  readonly news: readonly Member[];
  readonly begun: readonly Member[];
  readonly ended: readonly Member[];
}

/** Reports come twice and in any order: of each member an older one never undoes what a newer one said. */
export function membersHeard(before: Members = NONE, said: readonly Member[]): MembersHeard {
  const known = new Map(Object.entries(before.known));
  const unlisted = new Set(before.unlisted);
  const heard = { news: [] as Member[], begun: [] as Member[], ended: [] as Member[] };
  let uncounted = before.uncounted ?? false;
  /** What is over longest is forgotten first. Looked for once: there may be thousands to make room for. */
  const over = [...known].filter(([, { firing }]) => !firing).map(([fingerprint]) => fingerprint);
  for (const member of said) {
    const { fingerprint, severity, at } = member;
    const end = fingerprint.slice(-MOST_LETTERS_OF_END);
    const title = member.title.slice(0, MOST_LETTERS).toWellFormed();
    const one = known.get(fingerprint);
    if (isOldMember(one, member)) continue;
    const firing = member.status === 'firing';
    if (!firing) {
      if (one?.firing || unlisted.delete(end)) heard.ended.push(member);
      if (one) known.set(fingerprint, { ...one, firing, at: one.at > at ? one.at : at });
      if (one?.firing) over.push(fingerprint);
      continue;
    }
    if (unlisted.has(end)) continue;
    if (!one?.firing) heard.begun.push(member);
    if (!one?.firing || isWorse(severity, one.severity)) heard.news.push(member);
    if (one || known.size < MOST_MEMBERS || makeRoom(known, over))
      known.set(fingerprint, { title, firing, severity, at: one && one.at > at ? one.at : at });
    else if (unlisted.size < MOST_UNLISTED) unlisted.add(end);
    else uncounted = true;
  }
  const members = { known: Object.fromEntries(known), unlisted: [...unlisted] };
  return { members: { ...members, ...(uncounted && { uncounted }) }, ...heard };
}

/** Whether it says nothing that was not known. What is over and was never heard of is no news. */
export function isOldMember(one: KnownMember | undefined, { status, at }: Member): boolean {
  if (!one) return false;
  return status === 'resolved' ? one.firing && at < one.at : !one.firing && at <= one.at;
}

/** Whether any of them still says that it is there. */
export function anyFires({ known, unlisted, uncounted }: Members): boolean {
  return (
    unlisted.length > 0 || uncounted === true || Object.values(known).some(({ firing }) => firing)
  );
}

export function isWorse(one: Severity, other: Severity): boolean {
  return severities.indexOf(one) < severities.indexOf(other);
}

/** `12 alerts fire, 3 are over` */
export function membersText({ known, unlisted, uncounted }: Members): string {
  const all = Object.values(known);
  const over = all.filter(({ firing }) => !firing).length;
  const fire = all.length - over + unlisted.length;
  const more = uncounted ? 'More than ' : '';
  const text = `${more}${countText(fire, 'alert')} ${fire === 1 ? 'fires' : 'fire'}`;
  return over === 0 ? text : `${text}, ${over} ${over === 1 ? 'is' : 'are'} over`;
}

/** The gravest that fire first. `more`: how many are not named. */
export function namedMembers({ known, unlisted }: Members): {
  readonly names: readonly string[];
  readonly more: number;
} {
  const firing = Object.values(known).filter((member) => member.firing);
  const sorted = firing.toSorted(
    (one, other) => severities.indexOf(one.severity) - severities.indexOf(other.severity),
  );
  const names = sorted.slice(0, MOST_NAMED).map(({ severity, title }) => `${severity} ${title}`);
  return { names, more: firing.length + unlisted.length - names.length };
}

/** Names of some that a report has told of, in one line. */
export function someTitles(some: readonly Pick<Member, 'title'>[]): string {
  const titles = some.slice(0, MOST_NAMED).map(({ title }) => title);
  const rest = some.length - titles.length;
  return `${titles.join('; ')}${rest > 0 ? `; and ${rest} more` : ''}`;
}

/** `over`: those that were over when they were looked at. False: all that are known fire. */
function makeRoom(known: Map<string, KnownMember>, over: string[]): boolean {
  for (let one = over.shift(); one !== undefined; one = over.shift())
    if (known.get(one)?.firing === false) return known.delete(one);
  return false;
}
