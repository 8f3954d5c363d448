import { loginName } from '../text/who-text.ts';
import { Login, type Statement } from './who.ts';

/** All that a stop of Temporal's own says of its sender is one text: `ana@db1`, or `ana@db1, root by sudo, for ops`. */
export function identityText({ by, login }: Statement): string {
  if (!login) return by;
  const sudo = login.sudo === undefined ? '' : `, ${login.user} by sudo`;
  return `${loginName(login)}${sudo}${by === loginName(login) ? '' : `, for ${by}`}`;
}

/** What it says. A text of somebody else is a name. */
export function saidByIdentity(text: string): Statement {
  const [, person, host, user, by] =
    /^([^\s,]+)@([^\s@,]+)(?:, ([^\s,]+) by sudo)?(?:, for (.+))?$/.exec(text) ?? [];
  const login = Login.safeParse(
    user === undefined ? { user: person, host } : { user, host, sudo: person },
  );
  return login.success ? { by: by ?? `${person}@${host}`, login: login.data } : { by: text };
}
