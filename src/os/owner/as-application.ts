import { existsSync, realpathSync } from 'node:fs';
import { basename } from 'node:path';
import { allowedEnvironment, inheritedEnvironment } from '../process/inherited-environment.ts';
import { keepsOurRights } from './keeps-our-rights.ts';
import { type OwnedPlace, type Owner, ownerOf } from './owner-of.ts';

export interface AsApplication {
  readonly command: readonly [string, ...string[]];
  /** For spawn, where the command does not begin with what changes the user. */
  readonly ids: { readonly uid?: number; readonly gid?: number };
  readonly environment: NodeJS.ProcessEnv;
  /** Whose rights it gets. Undefined: ours. */
  readonly owner?: Owner;
}

/**
 * A command that belongs to the application, so that it runs with the rights of whoever owns the application's files, for good: with that user's
 * groups, without capabilities, and so that no program makes it root again. It inherits an allow list of our environment, and what the target names.
 * Where its rights are ours already, there is no border: it inherits all but what is ours and secret.
 */
export function asApplication(place: OwnedPlace, command: readonly string[]): AsApplication {
  const owner = keepsOurRights(command) ? undefined : ownerOf(place);
  const words = command as AsApplication['command'];
  if (!owner) return { command: words, ids: {}, environment: inheritedEnvironment() };
  const environment = environmentOf(owner, place.runsAs.inherit);
  const setpriv = findSetpriv();
  return setpriv === undefined
    ? { command: words, ids: { uid: owner.uid, gid: owner.gid }, environment, owner }
    : { command: [setpriv, ...privileges(owner), '--', ...words], ids: {}, environment, owner };
}

function environmentOf(
  { uid, name = String(uid), home }: Owner,
  inherit: readonly string[],
): NodeJS.ProcessEnv {
  return { ...allowedEnvironment(inherit), HOME: home, USER: name, LOGNAME: name };
}

/** See setpriv(1). Whom nobody here knows has no groups but one. */
function privileges({ uid, gid, name }: Owner): string[] {
  return [
    `--reuid=${uid}`,
    `--regid=${gid}`,
    name === undefined ? '--clear-groups' : '--init-groups',
    '--inh-caps=-all',
    '--no-new-privs',
  ];
}

/** That of util-linux: BusyBox has one, which cannot change the user. Without it the user is changed, and set-user-ID programs stay. */
function findSetpriv(): string | undefined {
  return ['/usr/bin/setpriv', '/bin/setpriv'].find(
    (file) => existsSync(file) && basename(realpathSync(file)) === 'setpriv',
  );
}
