import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

/** A user that has a name here. */
export interface UserEntry {
  readonly name: string;
  readonly uid: number;
  readonly gid: number;
  readonly home: string;
}

/** By its name or its number. Undefined: nobody here knows such a user, as it is with those of containers. */
export function userEntry(wanted: string | number): UserEntry | undefined {
  const key = String(wanted);
  return entryIn(readOr('/etc/passwd'), key) ?? entryIn(ofDirectoryService(key), key);
}

/** See passwd(5). */
function entryIn(text: string, key: string): UserEntry | undefined {
  for (const line of text.split('\n')) {
    const [name = '', , uid = '', gid = '', , home = ''] = line.split(':');
    if (name !== '' && (name === key || uid === key))
      return { name, uid: Number(uid), gid: Number(gid), home: home || '/' };
  }
  return undefined;
}

/** Whom a directory of the network knows, such as LDAP. */
function ofDirectoryService(key: string): string {
  try {
    return execFileSync('getent', ['passwd', '--', key], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
      timeout: 5000,
    });
  } catch {
    return '';
  }
}

function readOr(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
