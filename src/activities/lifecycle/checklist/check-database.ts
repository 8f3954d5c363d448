import { databaseText } from '../../../config/load/database-text.ts';
import { closeSync, constants, fstatSync, openSync, readSync, statSync } from 'node:fs';
import type { Target } from '../../../config/schema/target.ts';
import { countText } from '../../../config/text/count-text.ts';
import { liveFile } from '../../../os/files/live-file.ts';
import type { Known } from './application-user.ts';
import { type Check, fails, ok, unknown } from './check-line.ts';
import { has, judged, rightsText, wayTo } from './rights.ts';

const MAGIC = 'SQLite format 3\0';

/** Whether there is a database that the application may read. It is never made: an application that finds none makes an empty one. */
export function checkDatabase(
  { name, database, runtime }: Pick<Target, 'name' | 'database' | 'runtime'>,
  user: Known,
): Check {
  if (database.kind !== 'sqlite')
    return unknown(
      `${databaseText(database)} is on a server: whether the application may use it, its own start tells`,
    );
  const file = liveFile(database.file);
  const back = `runbook start database-recovery -t ${name}`;
  const about = statSync(file, { throwIfNoEntry: false });
  if (!about) return fails(`There is no database "${file}"`, `bring it back, ${back}`);
  if (about.isDirectory())
    return fails(`The database "${file}" is a directory`, `move it away, then ${back}`);
  if (!about.isFile())
    return fails(`The database "${file}" is no regular file`, `move it away, then ${back}`);
  if (about.size === 0)
    return fails(`The database "${file}" is empty: 0 bytes`, `bring it back, ${back}`);
  const head = headOf(file);
  if (head !== undefined && head !== MAGIC)
    return fails(`"${file}" is no SQLite database by its first bytes`, `bring it back, ${back}`);

  if ('unknown' in user)
    return unknown(
      `The database is there, and nobody can tell whether it may be read: ${user.unknown}`,
    );
  // A container sees the mounted file itself, and none of the directories above it.
  const way = judged(user, runtime.kind === 'compose' ? [] : wayTo(file));
  if (way.may === 'no')
    return fails(
      `The application (${user.text}) may not go through "${way.need.path}" to its database`,
      `let it, chmod o+x "${way.need.path}"`,
    );
  const rights = rightsText(about);
  const read = judged(user, [{ right: 'read', path: file, about }]);
  if (read.may === 'no')
    return fails(
      `The application (${user.text}) may not read "${file}" (${rights})`,
      `give it to that user with mode ${database.mode}, chown ${user.uid} "${file}"`,
    );
  const doubted = [way, read].find((one) => one.may === 'unknown');
  if (doubted)
    return unknown(
      `The database is there, and nobody can tell whether it may be read: ${doubted.why}`,
    );
  const only = has(user, 'write', about) ? '' : `, and may only read it (${rights})`;
  return ok(`"${file}", ${countText(about.size, 'byte')}${only}`);
}

/** Undefined: we may not read it. It may be replaced at any moment, by a pipe as well. */
function headOf(file: string): string | undefined {
  let fd: number;
  try {
    fd = openSync(file, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  } catch {
    return undefined;
  }
  try {
    if (!fstatSync(fd).isFile()) return '';
    const head = Buffer.alloc(MAGIC.length);
    const length = readSync(fd, head, 0, head.length, 0);
    return head.toString('latin1', 0, length);
  } finally {
    closeSync(fd);
  }
}
