import Database from 'better-sqlite3';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { grpcCompressionFor } from '../../src/client/connection/grpc-compression-for.ts';
import { findTemporal } from '../../src/dev/server/find-temporal.ts';
import { startTemporal } from '../../src/dev/server/start-temporal.ts';
import { openIssuer } from '../../test/integration/cluster/tokens.ts';
import {
  connectionTo,
  makeNamespace,
  startTwoServers,
  whyNotTwo,
} from '../../test/integration/cluster/two-servers.ts';

/** A Temporal server, and how much it has stored. */
export interface Storage {
  readonly name: string;
  readonly namespace: string;
  readonly connection: { readonly address: string };
  bytes(): Promise<number>;
  stop(): Promise<void>;
}

/** The one that `runbook dev` starts, with its file. */
export async function startEmbedded(tell: (line: string) => void): Promise<Storage> {
  const directory = mkdtempSync(join(tmpdir(), 'bench-'));
  const { path } = await findTemporal({ onProgress: tell });
  const dataFile = join(directory, 'temporal.db');
  const namespace = 'bench';
  const server = await startTemporal({
    path,
    dataFile,
    durability: 'NORMAL',
    namespace,
    ui: false,
  });
  const { address } = server;
  return {
    name: 'embedded, SQLite',
    namespace,
    connection: { address, grpcCompression: grpcCompressionFor(address) } as { address: string },
    async bytes() {
      const file = new Database(dataFile, { readonly: true });
      const of = (what: string) => file.pragma(what, { simple: true }) as number;
      const used = (of('page_count') - of('freelist_count')) * of('page_size');
      file.close();
      return used;
    },
    async stop() {
      await server.stop();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

/** Two servers on PostgreSQL, as docs/cluster.md has them. A sentence where there are none. */
export async function startOnPostgres(): Promise<Storage | string> {
  if (whyNotTwo !== undefined) return `Two servers on PostgreSQL were not measured: ${whyNotTwo}`;
  const directory = mkdtempSync(join(tmpdir(), 'bench-'));
  const issuer = openIssuer();
  const cluster = await startTwoServers(directory, issuer.jwks);
  const namespace = 'runbooks';
  const apiKey = issuer.token('admin', ['temporal-system:admin', `${namespace}:admin`]);
  const connection = connectionTo(cluster, apiKey);
  await makeNamespace(connection, namespace);
  return {
    name: 'two servers, PostgreSQL',
    namespace,
    connection,
    bytes: () => cluster.bytes(),
    async stop() {
      await cluster.stop();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}
