import type { BackupId } from '../../../config/backup-id.ts';
import type { Target } from '../../../config/schema/target.ts';
import { inMilliseconds } from '../../../config/time/duration.ts';
import { steadyAge } from '../../../config/time/steady-age.ts';
import type { BackupClass } from '../../artefact/manifest.ts';
import { isAhead } from '../catalogue/ahead.ts';
import type { BackupEntry } from '../catalogue/backup-store.ts';
import { isOver, type Pin, pinText } from '../catalogue/pin.ts';

/** One backup as retention sees it: an entry of the list, whom its manifest says it belongs to, and who wants it kept. */
export interface Held extends Pick<
  BackupEntry,
  'id' | 'state' | 'class' | 'takenAt' | 'bytes' | 'unproven'
> {
  /** False: its manifest names another target. */
  readonly ours: boolean;
  readonly pin?: Pin | undefined;
  /** Another place has another backup of this id. */
  readonly disputed?: true;
  /** The backup without which it is nothing. */
  readonly base?: BackupId;
}

export interface Judged {
  readonly id: BackupId;
  /** `raw`: files of a database, and no backup. */
  readonly state: BackupEntry['state'] | 'raw';
  readonly bytes: number;
  /** Why it stays, or why it may go: for people. */
  readonly reason: string;
  /** Of raw files: where they are. */
  readonly files?: readonly [string, ...string[]];
  /** Of one on a server: its name. */
  readonly database?: string;
}

/** What stays and what goes, the newest first. Together they are all there is. */
export interface Retention {
  readonly keep: readonly Judged[];
  readonly remove: readonly Judged[];
}

type Policy = Pick<Target['backups'], 'minimum' | 'daily' | 'weekly' | 'other'>;
/** A backup of ours whose manifest can be read. */
type Known = Held & { readonly class: BackupClass; readonly takenAt: string };

const DAY = 86_400_000;
/** So much passes between two backups of a target, and a missed one, in ms: what the clock says beyond that is not believed. */
const LEAST = { daily: 2 * DAY, weekly: 14 * DAY } as const;

type Age = (takenAt: string) => number;

/**
 * Which backups stay as of `now` (ISO 8601). What stays is chosen first, and only what nothing keeps may go: never one of the
 * newest verified, nor what is pinned, nor what we cannot judge. Stamps come from manifests: a file's own times
 * change when it is copied.
 */
export function retain(all: readonly Held[], policy: Policy, now: string): Retention {
  const keep: Judged[] = [];
  const remove: Judged[] = [];
  const floor = floorOf(all, policy.minimum, now);
  const age = agesOf(all, policy, now);
  const newestFirst = all.toSorted((a, b) => whenOf(b).localeCompare(whenOf(a)));
  for (const one of newestFirst) {
    const { id, state, bytes } = one;
    const kept = reasonToKeep(one, { floor, policy, now, age });
    if (kept !== undefined) keep.push({ id, state, bytes, reason: kept });
    else remove.push({ id, state, bytes, reason: ageText(one as Known, policy, age) });
  }
  return closedOverBases(all, { keep, remove });
}

/** What stays keeps its base, and that keeps its own. */
function closedOverBases(all: readonly Held[], { keep, remove }: Retention): Retention {
  const bases = new Map(all.flatMap(({ id, base }) => (base === undefined ? [] : [[id, base]])));
  const holders = new Map<BackupId, BackupId>();
  for (const { id } of keep)
    for (let child = id; bases.has(child) && !holders.has(bases.get(child)!);) {
      holders.set(bases.get(child)!, child);
      child = bases.get(child)!;
    }
  const held = remove.filter(({ id }) => holders.has(id));
  if (held.length === 0) return { keep, remove };
  return {
    keep: [...keep, ...held.map((one) => ({ ...one, reason: `held by ${holders.get(one.id)}` }))],
    remove: remove.filter(({ id }) => !holders.has(id)),
  };
}

/** By the backups themselves, so that a clock that jumps forward takes none away. */
function agesOf(all: readonly Held[], policy: Policy, now: string): Age {
  const times = all
    .filter(isKnown)
    .filter(({ ours, takenAt }) => ours && !isAhead(takenAt, Date.parse(now)))
    .map(({ takenAt }) => Date.parse(takenAt));
  const ages = steadyAge(times, Date.parse(now), policy.weekly ? LEAST.weekly : LEAST.daily);
  return (takenAt) => ages(Date.parse(takenAt));
}

interface Judging {
  readonly floor: ReadonlyMap<BackupId, string>;
  readonly policy: Policy;
  readonly now: string;
  readonly age: Age;
}

function reasonToKeep(one: Held, { floor, policy, now, age }: Judging): string | undefined {
  if (one.state === 'incomplete') return 'incomplete: it is no backup yet';
  if (!isKnown(one)) return `${one.state}: only people can judge it`;
  if (!one.ours) return 'its manifest names another target';
  if (one.state === 'untrusted')
    return 'untrusted: only people can judge it, by "runbook backups trust"';
  if (one.disputed) return 'disputed: another place has another backup of this id';
  if (one.pin && !isOver(one.pin, now)) return pinText(one.pin);
  const reason = floor.get(one.id);
  if (reason !== undefined) return reason;
  const ahead = Date.parse(one.takenAt) - Date.parse(now);
  if (isAhead(one.takenAt, Date.parse(now)))
    return `${one.class}, its time is ${daysText(ahead)} ahead of this clock`;
  return age(one.takenAt) <= keepFor(one.class, policy) ? ageText(one, policy, age) : undefined;
}

/**
 * The verified backups that nothing may take away: first those that `latest` may mean, because what a recovery kept is a
 * database that somebody chose to leave. One from the future proves only that a clock was wrong, and counts for none. Of which
 * the least could not be proven stays, too: what cannot be judged since may be damage that nobody has found.
 */
function floorOf(
  all: readonly Held[],
  minimum: number,
  now: string,
): ReadonlyMap<BackupId, string> {
  const verified = all
    .filter(isKnown)
    .filter(({ state, ours, disputed }) => state === 'verified' && ours && !disputed)
    .filter(({ takenAt }) => !isAhead(takenAt, Date.parse(now)))
    .toSorted((a, b) => Date.parse(b.takenAt) - Date.parse(a.takenAt));
  const newest = verified[0];
  const openChecks = ({ unproven = [] }: Known) => unproven.length;
  const proven = verified.toSorted((a, b) => openChecks(a) - openChecks(b) || rank(a) - rank(b))[0];
  const preferred = verified.toSorted((a, b) => rank(a) - rank(b)).slice(0, minimum);
  const text = minimum === 1 ? 'the newest verified' : `one of the ${minimum} newest verified`;
  return new Map([
    ...(proven ? [[proven.id, 'the newest of which most is proven'] as const] : []),
    ...(newest ? [[newest.id, 'the newest verified'] as const] : []),
    ...preferred.map(({ id }) => [id, text] as const),
  ]);
}

function rank(one: Known): number {
  return one.class === 'pre-recovery' ? 1 : 0;
}

function isKnown(one: Held): one is Known {
  return one.class !== undefined && one.takenAt !== undefined;
}

/** Until when a class of backups is kept whatever comes, for one of that time. ISO 8601, UTC. */
export function keptUntil(kind: BackupClass, takenAt: string, policy: Policy): string {
  return new Date(Date.parse(takenAt) + keepFor(kind, policy)).toISOString();
}

/** `daily, 12 d of 30 d` */
function ageText(one: Known, policy: Policy, age: Age): string {
  return `${one.class}, ${daysText(Math.max(age(one.takenAt), 0))} of ${daysText(keepFor(one.class, policy))}`;
}

export function daysText(milliseconds: number): string {
  return `${Math.floor(milliseconds / DAY)} d`;
}

/** Of a class for which the target says nothing, such as backups that were adopted: as long as the longest. */
function keepFor(kind: BackupClass, { daily, weekly, other }: Policy): number {
  const times: Partial<Record<BackupClass, number>> = {
    daily: inMilliseconds(daily.keep),
    ...(weekly && { weekly: inMilliseconds(weekly.keep) }),
    emergency: inMilliseconds(other.emergency),
    maintenance: inMilliseconds(other.maintenance),
    'pre-recovery': inMilliseconds(other['pre-recovery']),
  };
  return times[kind] ?? Math.max(...Object.values(times));
}

/** What cannot be judged stands where its id says. */
function whenOf({ takenAt, id }: Held): string {
  return takenAt ?? id.replace(/(....)(..)(..)_(..)(..)(..)/, '$1-$2-$3T$4:$5:$6.000Z');
}
