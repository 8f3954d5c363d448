import { lstatSync, type Stats } from 'node:fs';
import { dirname } from 'node:path';
import { byOwner } from '../../../../os/owner/by-owner.ts';
import { type Owner, ownerBy } from '../../../../os/owner/owner-of.ts';
import { sidecarsOf } from '../../../../os/files/sqlite-sidecars.ts';

/**
 * Opens, or uses for a moment, a live database with the rights of its owner, where we are root: whatever he puts in its place meanwhile, he gets no
 * further than he does himself, and what SQLite makes beside it is his. `live` is the real file.
 */
export function byDatabaseOwner<Result>(live: string, work: () => Result): Result {
  return byOwner(databaseOwner(live), work);
}

/**
 * Undefined: ours, because it is root's, or because its owner could not work on it alone. A second name of another's file is judged by the rights of
 * whoever could give it that name.
 */
function databaseOwner(live: string): Owner | undefined {
  if (process.geteuid?.() !== 0) return undefined;
  const directory = statOf(dirname(live));
  if (!directory || directory.uid === 0) return undefined;
  const files = [live, ...sidecarsOf(live)].flatMap((file) => statOf(file) ?? []);
  const suspicious = files.some(({ nlink, uid }) => uid !== directory.uid && nlink > 1);
  const usable = files.every(({ uid, mode }) => uid === directory.uid && (mode & 0o600) === 0o600);
  const own = usable && (directory.mode & 0o700) === 0o700;
  return suspicious || own ? ownerBy(directory, dirname(live)) : undefined;
}

function statOf(path: string): Stats | undefined {
  return lstatSync(path, { throwIfNoEntry: false });
}
