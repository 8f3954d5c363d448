import { hostname, userInfo } from 'node:os';
import type { Login } from '../../config/border/who.ts';
import { loginName } from '../../config/text/who-text.ts';

/** Who types, as the operating system knows them. Root by sudo is who became it: nobody else can set that and be root. */
export function login(): Login {
  const { username: user, uid } = userInfo();
  const sudo = uid === 0 ? process.env['SUDO_USER'] : undefined;
  const host = hostname();
  return sudo && sudo !== user ? { user, host, sudo } : { user, host };
}

/** The same as text: `user@host`. */
export function me(): string {
  return loginName(login());
}
