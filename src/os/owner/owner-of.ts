import { type Stats, statSync } from 'node:fs';
import type { Target } from '../../config/schema/target.ts';
import { permanent } from '../failure.ts';
import { handsOn } from '../files/hands-on.ts';
import { userEntry } from './user-entry.ts';

/** As whom the application's own code is to run. */
export interface Owner {
  readonly uid: number;
  readonly gid: number;
  /** Missing: its number has no name on this host. */
  readonly name?: string;
  readonly home: string;
}

export type OwnedPlace = Pick<Target, 'directory' | 'runsAs'>;

/**
 * Whose rights the application's own code gets from a worker that is root. Undefined: the same as ours, because we are not root, or because
 * its files are root's. Error: `NotPermitted`, when the target names a user that is not to be had.
 */
export function ownerOf({ directory, runsAs: { user } }: OwnedPlace): Owner | undefined {
  const us = process.geteuid?.();
  const owner = user === undefined ? whoControls(directory) : named(user, directory);
  if (owner === undefined || owner.uid === us || us === undefined) return undefined;
  if (us === 0) return owner;
  // Whoever else owns the files: we are what the operator lets the worker be.
  if (user === undefined) return undefined;
  throw permanent(
    'NotPermitted',
    `Only root can run the application as "${user}" ("runsAs.user"), and this worker is user ${us}: start the worker as root or as "${user}"`,
  );
}

/**
 * Who can choose what lies in a directory: its owner, or else whoever owns the last part of the way there, links included, because he could put
 * another directory in its place.
 */
function whoControls(directory: string): Owner | undefined {
  const about = statSync(directory, { throwIfNoEntry: false });
  if (about && about.uid !== 0) return ownerBy(about, directory);
  const other = handsOn(directory).findLast(({ about }) => about.uid !== 0)?.about;
  return other && ownerBy(other, directory);
}

/** Of a group that is root's he gets nothing. */
export function ownerBy({ uid, gid }: Pick<Stats, 'uid' | 'gid'>, directory: string): Owner {
  const entry = userEntry(uid);
  return entry ?? { uid, gid: gid === 0 ? uid : gid, home: directory };
}

function named(user: string, directory: string): Owner {
  const [first = '', group] = user.split(':');
  const entry = userEntry(first);
  const gid = group === undefined ? undefined : Number(group);
  if (entry) return gid === undefined ? entry : { ...entry, gid };
  const uid = Number(first);
  if (Number.isInteger(uid)) return { uid, gid: gid ?? uid, home: directory };
  throw permanent(
    'NotPermitted',
    `Cannot find user "${user}" ("runsAs.user") on this host: put the target right, or make that user`,
  );
}
