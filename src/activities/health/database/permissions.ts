import { readFileSync, statSync } from 'node:fs';
import type { SqliteDatabase } from '../../../config/schema/database.ts';
import { quoted } from '../../../config/text/quoted.ts';
import type { Figure } from '../../../figures/figure.ts';
import { sidecarsOf } from '../../../os/files/sqlite-sidecars.ts';
import { liveFile } from '../../../os/files/live-file.ts';
import { measured, type Sampling, unknown } from '../sampling.ts';

interface User {
  readonly uid: number;
  readonly groups: readonly number[];
}

/** `database.mode`: 1 when the application's own user can read and write the file, and nobody else more than the policy lets. */
export function permissions(
  sampling: Sampling,
  { file, mode: wanted }: SqliteDatabase,
): readonly Figure[] {
  const { pids } = sampling;
  const live = liveFile(file);
  const facts = statSync(live, { throwIfNoEntry: false });
  if (!facts)
    return [unknown(sampling, 'database.mode', 'count', live, 'The database file is missing')];
  const mode = facts.mode & 0o777;
  const user = userOf(pids);
  const limit = `critical when the application cannot use it, warning when looser than ${wanted}`;
  const is = `Mode ${octal(mode)}, owner ${facts.uid}`;
  const verdict = (value: number, more: string, found: Figure['verdict']) => [
    measured(
      sampling,
      'database.mode',
      { value, unit: 'count', source: live, note: `${is}${more}` },
      { verdict: found, limit },
    ),
  ];
  // By mode and owner: whoever asks as root may do anything.
  if (user && user.uid !== 0 && !mayUse(user))
    return verdict(
      0,
      `: the application, as user ${user.uid}, cannot read and write it: ${lineFor(user)}`,
      'critical',
    );
  if ((mode & ~Number.parseInt(wanted, 8)) !== 0)
    return verdict(
      0,
      `: looser than ${wanted}: ${chmod(mode & Number.parseInt(wanted, 8))}`,
      'warning',
    );
  return verdict(1, '', 'ok');

  function lineFor({ uid }: User): string {
    if (uid === facts!.uid) return chmod(mode | 0o600);
    return `chown ${uid} ${[live, ...sidecarsOf(live)].map(quoted).join(' ')}`;
  }

  function chmod(to: number): string {
    return `chmod ${octal(to)} ${quoted(live)}`;
  }

  function mayUse({ uid, groups }: User): boolean {
    const bits =
      uid === facts!.uid ? mode >> 6 : groups.includes(facts!.gid) ? (mode >> 3) & 7 : mode & 7;
    return (bits & 6) === 6;
  }
}

/** See proc_pid_status(5): the user that it acts as is the second. */
function userOf(pids: readonly number[]): User | undefined {
  for (const pid of pids) {
    try {
      const text = readFileSync(`/proc/${pid}/status`, 'utf8');
      const uid = Number(/^Uid:\s+\d+\s+(\d+)/m.exec(text)?.[1]);
      const group = Number(/^Gid:\s+\d+\s+(\d+)/m.exec(text)?.[1]);
      const others = /^Groups:[ \t]*(.*)$/m.exec(text)?.[1]?.trim().split(/\s+/) ?? [];
      if (!Number.isNaN(uid))
        return { uid, groups: [group, ...others.filter(Boolean).map(Number)] };
    } catch {
      // It has ended.
    }
  }
  return undefined;
}

function octal(mode: number): string {
  return mode.toString(8).padStart(3, '0');
}
