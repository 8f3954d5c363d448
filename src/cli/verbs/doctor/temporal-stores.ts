import { readFileSync, realpathSync } from 'node:fs';
import { parse } from 'yaml';
import { z } from 'zod';
import {
  type Login,
  sharesConnections,
} from '../../../activities/database/postgres/server/shared-connections.ts';
import { readPlain } from '../../../activities/artefact/plain-file.ts';
import { plainLine } from '../../../config/text/plain-text.ts';
import type { Finding } from './inspect.ts';

const MOST_BYTES = 1_000_000;

/** What of Temporal's own configuration says where its tables are. */
const TemporalConfig = z.object({
  persistence: z.object({
    datastores: z.record(
      z.string(),
      z.object({
        sql: z
          .object({
            pluginName: z.string(),
            databaseName: z.string().default(''),
            connectAddr: z.string().default(''),
            user: z.string().default(''),
            password: z.string().default(''),
            tls: z
              .object({
                enabled: z.boolean().default(false),
                caFile: z.string().optional(),
                certFile: z.string().optional(),
                keyFile: z.string().optional(),
                serverName: z.string().optional(),
                enableHostVerification: z.boolean().default(false),
              })
              .optional(),
          })
          .optional(),
      }),
    ),
  }),
});
type Sql = NonNullable<z.infer<typeof TemporalConfig>['persistence']['datastores'][string]['sql']>;

/**
 * Whether a pooler before the PostgreSQL of a Temporal server gives its statements to other connections: then some of its tasks are handed to
 * nobody, and runs stand still for good. Logs in as that server does.
 */
export async function temporalStores(file: string): Promise<Finding[]> {
  const subject = 'Tables of Temporal';
  const parsed = read(file);
  if (typeof parsed === 'string')
    return [{ subject, state: 'missing', finding: `"${file}" ${parsed}` }];
  const stores = Object.entries(parsed.persistence.datastores).flatMap(([name, { sql }]) =>
    sql?.pluginName.startsWith('postgres') ? [{ name, sql }] : [],
  );
  if (stores.length === 0)
    return [{ subject, state: 'ok', finding: `"${file}" names no PostgreSQL` }];
  return Promise.all(stores.map(({ name, sql }) => look(`${subject}, "${name}"`, sql)));
}

async function look(subject: string, sql: Sql): Promise<Finding> {
  const where = `${sql.databaseName} at ${sql.connectAddr}`;
  try {
    if (await sharesConnections(loginOf(sql)))
      return {
        subject,
        state: 'missing',
        finding: `${where} is behind a pooler that pools transactions: several connections share one. Temporal needs sessions of its own, and runs stand still for good`,
        hint: 'connectAddr past the pooler, or pool_mode = session for it; then start the Temporal servers anew (docs/cluster.md)',
      };
    const finding = `${where}: each connection is its own`;
    return { subject, state: 'ok', finding };
  } catch (error) {
    const finding = `${where} cannot be looked at: ${plainLine((error as Error).message)}`;
    return { subject, state: 'optional', finding };
  }
}

function read(file: string): z.infer<typeof TemporalConfig> | string {
  let text: string;
  try {
    // A person may name a link to it, and by mistake a device.
    text = readPlain(realpathSync(file), MOST_BYTES).bytes.toString('utf8');
  } catch (error) {
    return `cannot be read: ${(error as Error).message}`;
  }
  try {
    // Merge keys, as Temporal's own reader has them.
    return TemporalConfig.parse(parse(text, { merge: true }));
  } catch {
    // What is wrong is quoted from it, and it holds a password.
    return 'is no configuration of a Temporal server, or a template of one';
  }
}

function loginOf({ databaseName: database, connectAddr, user, password, tls }: Sql): Login {
  const at = new URL(`tcp://${connectAddr}`);
  const login = { host: at.hostname, port: Number(at.port || 5432), database, user, password };
  if (!tls?.enabled) return login;
  const { caFile, certFile, keyFile, serverName, enableHostVerification } = tls;
  const ssl = {
    rejectUnauthorized: enableHostVerification,
    ...(caFile !== undefined && { ca: readFileSync(caFile) }),
    ...(certFile !== undefined && { cert: readFileSync(certFile) }),
    ...(keyFile !== undefined && { key: readFileSync(keyFile) }),
    ...(serverName !== undefined && { servername: serverName }),
  };
  return { ...login, ssl };
}
