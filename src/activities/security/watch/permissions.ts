import { SIDECARS } from '../../../os/files/sqlite-sidecars.ts';
import { lstatSync } from 'node:fs';
import { relative, resolve } from 'node:path';
import type { Target } from '../../../config/schema/target.ts';
import { withHeld } from '../../../os/files/held/with-held.ts';
import { liveFile } from '../../../os/files/live-file.ts';

/** A file, and whether it is open to more than the policy lets. */
export interface Permission {
  readonly file: string;
  readonly verdict: 'ok' | 'warning' | 'critical' | 'unknown' | 'not applicable';
  readonly note: string;
}

/** `.env` is 600 in both manuals. */
const SECRET = '600';

/** The database and what belongs to it, `.env`, our state, and what the target names. Critical: everybody on the host may read or write it. */
export function permissionsOf(target: Target): Permission[] {
  const { directory, database, security, state } = target;
  const live = database.kind === 'sqlite' ? liveFile(database.file) : undefined;
  const ofDatabase =
    database.kind === 'sqlite'
      ? [
          { file: live!, mode: database.mode, needed: true },
          ...SIDECARS.map((end) => ({ file: `${live}${end}`, mode: database.mode, needed: false })),
        ]
      : [];
  const wanted = [
    ...ofDatabase,
    { file: resolve(directory, '.env'), mode: SECRET, needed: false },
    { file: state, mode: '700', needed: false },
    ...security.permissions.map(({ file, mode }) => ({
      file: resolve(directory, file),
      mode,
      needed: true,
    })),
  ];
  return wanted.flatMap(({ file, mode, needed }) => {
    const found = permissionOf(file, mode, needed);
    const isMissingSidecar =
      SIDECARS.some((end) => file === `${live}${end}`) && found.verdict === 'not applicable';
    return isMissingSidecar ? [] : [{ ...found, file: shownIn(directory, file) }];
  });
}

function permissionOf(file: string, wanted: string, needed: boolean): Permission {
  const found = (verdict: Permission['verdict'], note: string) => ({ file, verdict, note });
  let about;
  try {
    about = withHeld((held) => lstatSync(held.itself(file)));
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code !== 'ENOENT' && code !== 'ENOTDIR') return found('unknown', message);
    return needed
      ? found('unknown', 'It is not there')
      : found('not applicable', 'It is not there');
  }
  if (about.isSymbolicLink())
    return found('warning', 'It is a link: what it leads to was not looked at');
  const mode = about.mode & 0o7777;
  const looser = mode & ~Number.parseInt(wanted, 8);
  const is = `Mode ${mode.toString(8).padStart(3, '0')}, owner ${about.uid}`;
  if (looser === 0) return found('ok', is);
  const verdict = (looser & 0o006) !== 0 ? 'critical' : 'warning';
  const who = verdict === 'critical' ? ': everybody on this host may use it' : '';
  return found(verdict, `${is}, looser than ${wanted}${who}`);
}

function shownIn(directory: string, file: string): string {
  const short = relative(directory, file);
  return short.startsWith('..') ? file : short;
}
