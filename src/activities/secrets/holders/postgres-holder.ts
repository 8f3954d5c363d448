import type { Client } from 'pg';
import type { Secret } from '../../../config/schema/security/secrets.ts';
import { passing, permanent } from '../../../os/failure.ts';
import type { Holder } from './holder.ts';
import { scramVerifier } from './scram-verifier.ts';

type PostgresProof = Extract<Secret['prove'], { kind: 'postgres' }>;

const CONNECT_WITHIN = 5000;
/** invalid_password and invalid_authorization_specification: see its manual, appendix A. */
const REFUSED = ['28P01', '28000'];

/** A role of PostgreSQL. It is given the verifier of a password, so that no log of its server ever has the password. */
export function postgresHolder({ url, user }: PostgresProof): Holder {
  const { hostname, port, pathname } = new URL(url);
  const place = `PostgreSQL at ${hostname}:${port || '5432'}, role ${user}`;
  return {
    place,
    takes: 'one',
    async login(value) {
      try {
        await asUser(value, (client) => client.query('select 1'));
        return 'accepted';
      } catch (error) {
        if (REFUSED.includes((error as { code?: string }).code ?? '')) return 'refused';
        throw failureOf(error as Error);
      }
    },
    async accept(value, known) {
      if ((await this.login(value)) === 'accepted') return false;
      try {
        await asUser(known, async (client) => {
          const verifier = scramVerifier(value);
          // A verifier has no quote, and a role is quoted as an identifier.
          await client.query(`alter role ${client.escapeIdentifier(user)} password '${verifier}'`);
        });
        return true;
      } catch (error) {
        throw failureOf(error as Error);
      }
    },
    dismiss: async () => false,
  };

  async function asUser<Result>(
    password: string,
    work: (client: Client) => Promise<Result>,
  ): Promise<Result> {
    const { Client: Connection } = (await import('pg')).default;
    const client = new Connection({
      host: hostname,
      port: Number(port || 5432),
      database: decodeURIComponent(pathname.slice(1)) || user,
      user,
      password,
      connectionTimeoutMillis: CONNECT_WITHIN,
      query_timeout: CONNECT_WITHIN,
    });
    client.on('error', () => {});
    try {
      await client.connect();
      return await work(client);
    } finally {
      await client.end().catch(() => {});
    }
  }

  function failureOf({ code, name }: Error & { code?: string }): Error {
    // Of five letters: PostgreSQL has answered.
    return code !== undefined && /^[0-9A-Z]{5}$/.test(code)
      ? permanent('SecretUnclear', `${place}: it refuses (${code})`)
      : passing('NotReady', `${place}: cannot be reached (${code ?? name})`);
  }
}
