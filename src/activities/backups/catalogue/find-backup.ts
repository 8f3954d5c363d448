import { BackupReference } from '../../../config/backup-id.ts';
import { permanent } from '../../../os/failure.ts';
import { type Authors, authorsOf, type Stocked } from '../author/authors.ts';
import { isAhead } from './ahead.ts';
import { type Backup, readBackup, timeOf } from './backup-store.ts';
import {
  type CatalogueEntry,
  catalogueOf,
  type PlacedEntry,
  placesOf,
  unreadText,
} from './catalogue.ts';

const SHOWN = 5;

/**
 * The backup that people mean, of all places. `latest` and `before` mean the newest that was taken as a backup and is whole
 * somewhere: what a recovery kept is the database that somebody chose to leave, and one that is dated ahead was made under a
 * wrong clock: both are found by their id only. Errors: `BackupNotFound`, `BackupDamaged`, `BackupDisputed`.
 */
export function findBackup(target: Stocked, reference: BackupReference): Backup {
  const parsed = BackupReference.safeParse(reference);
  // Before anything else: no reference may lead out of the directory.
  if (!parsed.success)
    throw permanent('InvalidInput', `${parsed.error.issues[0]?.message}: got "${reference}"`);

  const { backups, unread } = catalogueOf(target);
  const present = backups.filter(({ state }) => state !== 'incomplete');
  const byId = isId(parsed.data);
  const chosen = byId
    ? present.find(({ id }) => id === parsed.data)
    : meant().find((entry) => entry.state === 'verified' && !isOfTheFuture(entry));
  if (!chosen) throw notFound();
  const found = readBest(chosen, authorsOf(target));
  const passedOver = [
    ...(byId ? [] : newerText(chosen)),
    ...otherCopies(chosen),
    ...unreadText(unread),
  ];
  return passedOver.length > 0 ? { ...found, passedOver: passedOver.join('. ') } : found;

  /** Those that `latest` and `before` may mean, if they are whole and their times are right. The newest first. */
  function meant(): CatalogueEntry[] {
    const before = parsed.data === 'latest' ? undefined : timeIn(parsed.data!);
    return present.filter(
      (entry) => entry.class !== 'pre-recovery' && (before === undefined || timeOf(entry) < before),
    );
  }

  /** What would have been meant instead. */
  function newerText(than: CatalogueEntry): string[] {
    const ahead = meant().filter(
      (entry) => entry.state === 'verified' && isOfTheFuture(entry) && entry !== than,
    );
    const unfit = meant()
      .filter((entry) => entry.state !== 'verified' && timeOf(entry) > timeOf(than))
      .slice(0, SHOWN);
    return [
      ...(ahead.length > 0 ? [aheadText(ahead)] : []),
      ...unfit.map(
        ({ id, state, note }) => `${id} is newer, and not taken, being ${state}: ${note}`,
      ),
    ];
  }

  function notFound(): Error {
    const ids = present.slice(0, SHOWN).map((backup) => backup.id);
    const there = ids.length > 0 ? `there are ${ids.join(', ')}` : 'there are none';
    const ahead = present.filter(isOfTheFuture);
    const why = ahead.length > 0 ? ` (${aheadText(ahead)})` : '';
    const where = placesOf(target.backups).join('" and "');
    const message = `Cannot find backup "${reference}" in "${where}"${why}: ${there}`;
    return permanent('BackupNotFound', [message, ...unreadText(unread)].join('. '));
  }
}

/** The first copy that is whole as far as its manifest and its size tell, and where the others are. */
function readBest({ id, state, note, copies }: CatalogueEntry, authors: Authors): Backup {
  if (state === 'disputed') throw permanent('BackupDisputed', `Backup "${id}": ${note}`);
  const read: Backup[] = [];
  const failures: string[] = [];
  for (const { place } of meantCopies(state, copies))
    try {
      read.push(readBackup(place, id, authors));
    } catch (error) {
      failures.push((error as Error).message);
    }
  const [first, ...others] = read;
  if (!first) {
    const damaged = copies.some((copy) => copy.state !== 'unreadable');
    throw permanent(damaged ? 'BackupDamaged' : 'BackupUnreadable', failures.join('. '));
  }
  // What was found damaged is taken where nothing else is there, and somebody names it.
  const files = others.slice(0, countWhole(copies) - 1).map(({ file }) => file);
  return files.length > 0 ? { ...first, others: files } : first;
}

/** One of ours is never brought from a copy that nobody answers for. */
function meantCopies(
  state: CatalogueEntry['state'],
  copies: readonly PlacedEntry[],
): readonly PlacedEntry[] {
  return state === 'untrusted' ? copies : copies.filter((copy) => copy.state !== 'untrusted');
}

function countWhole(copies: readonly PlacedEntry[]): number {
  return Math.max(1, copies.filter(({ state }) => state === 'verified').length);
}

/** Which of its copies are not whole, when another one is taken. */
function otherCopies({ id, state, copies }: CatalogueEntry): string[] {
  if (state !== 'verified') return [];
  return copies
    .filter(
      (copy) =>
        copy.state.startsWith('damaged') || ['unreadable', 'untrusted'].includes(copy.state),
    )
    .map((copy) => {
      const is = copy.state.startsWith('damaged') ? 'damaged' : copy.state;
      return `The copy of ${id} in "${copy.place}" is ${is}: ${copy.note}`;
    });
}

function isOfTheFuture({ takenAt }: CatalogueEntry): boolean {
  return takenAt !== undefined && isAhead(takenAt);
}

function aheadText(ahead: readonly CatalogueEntry[]): string {
  const ids = ahead.slice(0, SHOWN).map(({ id }) => id);
  const [are, their] = ids.length > 1 ? ['are', 'their ids'] : ['is', 'its id'];
  return `${ids.join(', ')} ${are} dated ahead of this clock, so that only ${their} will do`;
}

function isId(reference: BackupReference): boolean {
  return reference !== 'latest' && !reference.startsWith('before ');
}

function timeIn(reference: string): number {
  return Date.parse(reference.slice('before '.length));
}
