/** Who did something, as far as a text needs it: see `Who`. */
interface Known {
  readonly name: string;
  readonly known: string;
  readonly said?: string | undefined;
  readonly login?:
    | { readonly user: string; readonly host: string; readonly sudo?: string | undefined }
    | undefined;
}

/** `ana@db1 (login)`, `ana@db1 (login, root by sudo) for "the DBAs"`, `ops (unproven, login ana@db1)`. */
export function whoText({ name, known, said, login }: Known): string {
  const how = [
    known,
    ...(known === 'unproven' && login && loginName(login) !== name
      ? [`login ${loginName(login)}`]
      : []),
    ...(known === 'login' && login?.sudo !== undefined ? [`${login.user} by sudo`] : []),
  ];
  return `${name} (${how.join(', ')})${said === undefined ? '' : ` for "${said}"`}`;
}

/** `ana@db1`: the person, not the root that sudo made of her. */
export function loginName({ user, host, sudo }: NonNullable<Known['login']>): string {
  return `${sudo ?? user}@${host}`;
}

/** What was recorded by an older version has only a name. */
export function byText({
  by,
  who,
}: {
  readonly by: string;
  readonly who?: Known | undefined;
}): string {
  return who ? whoText(who) : by;
}
