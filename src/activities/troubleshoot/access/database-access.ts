import { databaseDriver } from '../../database/driver-for.ts';
import { lstatSync, type Stats, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { isSqlite, type Target } from '../../../config/schema/target.ts';
import { liveFile } from '../../../os/files/live-file.ts';
import { sidecarsOf } from '../../../os/files/sqlite-sidecars.ts';
import { applicationUser, type Known } from '../../lifecycle/checklist/application-user.ts';
import { checkDatabase } from '../../lifecycle/checklist/check-database.ts';
import { has, rightsText } from '../../lifecycle/checklist/rights.ts';
import { type FileRights, type Rights, rightsOf } from './rights-of.ts';

/** What one file is, and what it is to be. */
export interface Repair {
  readonly from: FileRights;
  readonly to: Rights;
}

export interface DatabaseAccess {
  /** No repair of rights helps: it is missing, or no database. */
  readonly hopeless: boolean;
  /** What is wrong, as a sentence. Missing: the application may read and write it. */
  readonly finding?: string;
  /** What would put its rights right. Empty: nothing has to be, or people have to. */
  readonly repairs: readonly Repair[];
  readonly note: string;
}

/**
 * Whether the application may read and write its database, and make the journal beside it, by owner and mode: for us, who may be root, a try
 * would prove nothing. The real file is judged, whatever links lead to it; repaired is only what no link in the application's
 * directories leads to. What is proposed is the policy's mode and the application's user, and nothing looser than the policy.
 */
export async function databaseAccess(target: Target): Promise<DatabaseAccess> {
  if (!isSqlite(target)) return accessOnServer(target);
  const { file, mode } = target.database;
  const user = await applicationUser(target);
  const link = linkWithin(target.directory, file);
  const real = isLink(file) ? liveFile(file) : file;
  const there = rightsOf(real);
  const { state, finding } = checkDatabase(target, user);
  // The file itself decides what it is; its rights are ours to judge.
  const isWhat = state === 'failed' && !/ may not read /.test(finding);
  if (!there || isWhat) return { hopeless: true, finding, repairs: [], note: finding };

  const files = [there, ...sidecarsOf(real).map((one) => rightsOf(one))].filter(
    (one) => one !== undefined,
  );
  const wrong = files.filter((one) => one.trouble === 'it is a link' || !isUsable(one, user));
  const closed = closedBeside(liveFile(file), user);
  const seen = files.map(fileText).join('; ');
  const who =
    'unknown' in user ? `the application's user is not known: ${user.unknown}` : user.text;
  if (wrong.length === 0) {
    const note = `${seen}: ${who} may read and write it`;
    if (closed === undefined) return { hopeless: false, repairs: [], note };
    return { hopeless: false, finding: `The application (${who}) ${closed}`, repairs: [], note };
  }

  const rights = [
    `The application (${who}) may not read and write its database: ${wrong.map(fileText).join('; ')}`,
    ...(closed === undefined ? [] : [`It ${closed}`]),
  ].join('. ');
  const why =
    link === undefined
      ? wrong.find(({ trouble }) => trouble !== undefined)?.trouble
      : `"${link}", which leads to it, is a link`;
  if (why !== undefined)
    return {
      hopeless: true,
      finding: `${rights}. Not repaired, because ${why}: people give it to that user`,
      repairs: [],
      note: seen,
    };
  const uid = 'unknown' in user ? undefined : user.uid;
  const repairs = wrong.map((from) => ({
    from,
    to: { mode: Number.parseInt(mode, 8), uid: uid ?? from.uid, gid: from.gid },
  }));
  return { hopeless: false, finding: rights, repairs, note: seen };
}

/** Who may do what on a server is its own matter: what we can tell is whether it lets us in. */
async function accessOnServer(target: Target): Promise<DatabaseAccess> {
  const { exists, verdict, finding } = await databaseDriver(target).examine();
  const hopeless = !exists || verdict === 'damaged';
  return {
    hopeless,
    ...(hopeless && { finding }),
    repairs: [],
    note: `${finding}. Whether the application's own user may use it, only the application can tell`,
  };
}

/** A link on the way that the application could have made: the file itself, one in its directory, or one that is not root's. */
function linkWithin(directory: string, file: string): string | undefined {
  const top = resolve(directory);
  for (let one = resolve(file); one !== dirname(one); one = dirname(one)) {
    const about = lstatSync(one, { throwIfNoEntry: false });
    if (!about?.isSymbolicLink()) continue;
    if (one === resolve(file) || one.startsWith(`${top}/`) || about.uid !== 0) return one;
  }
  return undefined;
}

function isLink(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink() ?? false;
}

/** SQLite makes its journal, or its log, beside the real file. */
function closedBeside(real: string, user: Known): string | undefined {
  const directory = dirname(real);
  const about = statSync(directory, { throwIfNoEntry: false });
  if (!about || 'unknown' in user) return undefined;
  if (has(user, 'write', about) && has(user, 'enter', about)) return undefined;
  return `may not make the journal beside its database, in "${directory}" (${rightsText(about)}): people let it, by owner or mode of that directory`;
}

/** Of root, too, the owner's bits are asked: a container's root may have no right to pass them by. */
function isUsable(rights: Rights, user: Known): boolean {
  const owner = (rights.mode & 0o600) === 0o600;
  if ('unknown' in user || user.uid === 0) return owner;
  return has(user, 'read', rights as Stats) && has(user, 'write', rights as Stats);
}

function fileText(rights: FileRights): string {
  return `"${rights.file}" has ${rightsText(rights)}`;
}
