import type { Stats } from 'node:fs';
import type { Target } from '../../../config/schema/target.ts';
import { sidecarsOf } from '../../database/sqlite/file/database-files.ts';
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
 * Whether the application may read and write its database, by owner and mode: for us, who may be root, a try would prove nothing.
 * What is proposed is the policy's mode and the application's user, and nothing looser than the policy.
 */
export async function databaseAccess(target: Target): Promise<DatabaseAccess> {
  const { file, mode } = target.database;
  const user = await applicationUser(target);
  const there = rightsOf(file);
  const { state, finding } = checkDatabase(target, user);
  // The file itself decides what it is; its rights are ours to judge.
  const isWhat = state === 'failed' && !/ may not read /.test(finding);
  if (!there || isWhat) return { hopeless: true, finding, repairs: [], note: finding };

  const files = [there, ...sidecarsOf(file).map((one) => rightsOf(one))].filter(
    (one) => one !== undefined,
  );
  const wrong = files.filter((one) => !isUsable(one, user));
  const seen = files.map(fileText).join('; ');
  const who =
    'unknown' in user ? `the application's user is not known: ${user.unknown}` : user.text;
  if (wrong.length === 0)
    return { hopeless: false, repairs: [], note: `${seen}: ${who} may read and write it` };

  const rights = `The application (${who}) may not read and write its database: ${wrong.map(fileText).join('; ')}`;
  const troubled = wrong.find(({ trouble }) => trouble !== undefined);
  if (troubled)
    return {
      hopeless: true,
      finding: `${rights}. Not repaired, because ${troubled.trouble}: people give it to that user`,
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

/** Of root, too, the owner's bits are asked: a container's root may have no right to pass them by. */
function isUsable(rights: Rights, user: Known): boolean {
  const owner = (rights.mode & 0o600) === 0o600;
  if ('unknown' in user || user.uid === 0) return owner;
  return has(user, 'read', rights as Stats) && has(user, 'write', rights as Stats);
}

function fileText(rights: FileRights): string {
  return `"${rights.file}" has ${rightsText(rights)}`;
}
