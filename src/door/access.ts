import { statSync } from 'node:fs';
import { UsageError } from '../config/usage-error.ts';
import { type Admitted, admit, dismiss, readAdmitted } from './admitted.ts';
import { deliver, takeBack } from './deliver-keys.ts';
import { type DoorFiles, doorFiles } from './door-files.ts';
import { announcedDoor } from './known-door.ts';
import { readCertificate } from './own-certificates.ts';
import { loginOfUid } from './user-at-port.ts';

export interface Login {
  readonly login: string;
  readonly uid: number;
  readonly gid: number;
}

/**
 * Lets another user of this machine through the door of the server with that data: they get a certificate that only they can read, and
 * their commands find it. Answers where the server is, if it runs. Error: `UsageError`.
 */
export async function grantAccess(
  dataFile: string,
  user: Login,
  by: string,
): Promise<{ readonly address?: string }> {
  const files = expectDoor(dataFile);
  if (user.uid === process.getuid?.())
    throw new UsageError(`User "${user.login}" needs nothing: the server is theirs`);
  const authority = readCertificate(files.authority)!;
  const known = readAdmitted(files).find(({ uid }) => uid === user.uid);
  const { makeClientCertificate } = await import('./make-certificate.ts');
  const one: Admitted = known ?? {
    ...user,
    ...(await makeClientCertificate(authority, user.login)),
    since: new Date().toISOString(),
    by,
  };
  admit(files, one);
  const address = announcedDoor(dataFile)?.address;
  if (address === undefined) return {};
  deliver(one, dataFile, address, authority.certificate);
  return { address };
}

/** From then on the door refuses them, and it cuts what they have open. Error: `UsageError`. */
export function revokeAccess(dataFile: string, login: string): void {
  const files = expectDoor(dataFile);
  const one = readAdmitted(files).find((each) => each.login === login);
  if (!one) throw new UsageError(`User "${login}" is not admitted`, 'runbook access list');
  dismiss(files, one.uid);
  takeBack(dataFile, one.uid);
}

export function listAccess(dataFile: string): Admitted[] {
  return readAdmitted(expectDoor(dataFile));
}

/** Only what is root's can be given away safely: who owns a directory could lay links where root writes. */
function expectDoor(dataFile: string): DoorFiles {
  const files = doorFiles(dataFile);
  if (process.getuid?.() !== 0)
    throw new UsageError(
      'Only root can say who is admitted to a server, and only to a server that root has started',
      'sudo runbook access ...; or do your work as the user whose server it is',
    );
  const owner = statSync(files.directory, { throwIfNoEntry: false })?.uid;
  if (owner === undefined || !readCertificate(files.authority))
    throw new UsageError(
      `There is no closed server whose data is in "${dataFile}"`,
      'start it once: runbook dev; or say which: --data <file>',
    );
  if (owner !== 0)
    throw new UsageError(
      `The server whose data is in "${dataFile}" belongs to user "${loginOfUid(owner)}", and only one of root can have others admitted`,
      `sudo -u ${loginOfUid(owner)} runbook ...`,
    );
  return files;
}
