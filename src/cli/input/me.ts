import { hostname } from 'node:os';
import type { Login } from '../../config/border/who.ts';
import { environment } from '../../config/environment.ts';
import { loginName } from '../../config/text/who-text.ts';
import { userName } from '../../config/user-name.ts';

/** Who types, as the operating system knows them. Root by sudo is who became it: nobody else can set that and be root. */
export function login(): Login {
  const user = oneWord(userName());
  const sudo = process.geteuid?.() === 0 ? environment().sudoUser : undefined;
  const host = oneWord(hostname()).replaceAll('@', '_');
  return sudo && sudo !== user ? { user, host, sudo: oneWord(sudo) } : { user, host };
}

/** The same as text: `user@host`. */
export function me(): string {
  return loginName(login());
}

/** Nobody is locked out for a strange name. */
function oneWord(name: string): string {
  return name.replaceAll(/[\s,\p{Cc}]/gu, '_').slice(0, 100) || '_';
}
