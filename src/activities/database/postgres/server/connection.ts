import type { PostgresTarget } from '../../../../config/schema/target.ts';
import { SecretName } from '../../../../config/schema/values/secret.ts';
import { MissingSecret, secretOf } from '../../../../config/secret-of.ts';
import { permanent } from '../../../../os/failure.ts';

/** Where a database is, and who asks for it. The password is in no message. */
export interface PostgresConnection {
  /** A name, an address, or the directory of a Unix socket. */
  readonly host: string;
  readonly port: number;
  readonly database: string;
  readonly user: string;
  readonly password?: string;
  readonly tls?: { readonly mode: string; readonly ca?: string };
}

type Named = Pick<PostgresTarget, 'database' | 'directory'>;

/** What the target says, with its secrets read now. Errors: `SecretMissing`, `InvalidInput`. */
export function connectionOf({ database, directory }: Named): PostgresConnection {
  const { url, host, port, user, password, tls } = database;
  const secret = password === undefined ? undefined : secretIn(password, directory);
  if (url === undefined)
    return {
      host,
      port,
      database: database.database!,
      user: user!,
      ...(secret !== undefined && { password: secret }),
      ...(tls && { tls: tlsOf(tls) }),
    };
  const whole = SecretName.safeParse(url).success ? secretIn(url, directory) : url;
  const parsed = inUrl(whole);
  return {
    ...parsed,
    // Said besides, such as by a drill, it is meant.
    ...(database.database !== undefined && { database: database.database }),
    ...(secret !== undefined && { password: secret }),
    ...(tls && { tls: tlsOf(tls) }),
  };
}

/** For people: never with a password. */
export function connectionText({ host, port, database }: PostgresConnection): string {
  return host.startsWith('/')
    ? `"${database}" (PostgreSQL, ${host}, port ${port})`
    : `"${database}" (PostgreSQL on ${host}:${port})`;
}

function inUrl(text: string): PostgresConnection {
  try {
    const url = new URL(text);
    if (!/^postgres(ql)?:$/.test(url.protocol)) throw new Error('no postgresql:// URL');
    const named = (part: string) => decodeURIComponent(part);
    const mode = url.searchParams.get('sslmode');
    const ca = url.searchParams.get('sslrootcert');
    const database = named(url.pathname.slice(1));
    if (database === '' || url.username === '') throw new Error('no user, or no database, in it');
    return {
      host: url.searchParams.get('host') ?? (named(url.hostname) || '/var/run/postgresql'),
      port: Number(url.port || url.searchParams.get('port') || 5432),
      database,
      user: named(url.username),
      ...(url.password !== '' && { password: named(url.password) }),
      ...(mode && { tls: tlsOf({ mode, ca: ca ?? undefined }) }),
    };
  } catch {
    // Whatever is wrong with it, its text may be a password.
    throw permanent(
      'InvalidInput',
      'The URL of "database.url" cannot be read: expected postgresql://user@host:port/database',
    );
  }
}

function tlsOf({ mode, ca }: { readonly mode: string; readonly ca?: string | undefined }) {
  return { mode, ...(ca !== undefined && { ca }) };
}

function secretIn(name: string, directory: string): string {
  try {
    return secretOf(SecretName.parse(name), directory);
  } catch (error) {
    if (error instanceof MissingSecret) throw permanent('SecretMissing', error.message);
    throw error;
  }
}
