import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { S3 } from '@aws-sdk/client-s3';
import { execa } from 'execa';
import { type Lifeline, startLifeline } from '../../../src/dev/server/lifeline.ts';
import { reservedPort } from '../reserved-port.ts';
import { findVersitygw } from './find-versitygw.ts';

export const NEEDS_VERSITYGW = 'needs versitygw: node test/support/s3/build.ts';
export const hasVersitygw = findVersitygw() !== undefined;

const ROOT = { accessKeyId: 'root-of-tests', secretAccessKey: 'root-secret-of-tests' };
/** May put, read and list, and not delete: what a worker is given. */
export const SENDER = { accessKeyId: 'sender', secretAccessKey: 'secret-of-the-sender-0123' };
/** May delete versions, too, as far as the lock lets it. */
export const CLEANER = { accessKeyId: 'cleaner', secretAccessKey: 'secret-of-the-cleaner-012' };

export interface BucketServer {
  readonly endpoint: string;
  readonly bucket: string;
  /** As the owner of all. */
  readonly root: S3;
  /** As anybody else. */
  as(credentials: { accessKeyId: string; secretAccessKey: string }): S3;
  /** Kill -9, as a server dies. */
  kill(): void;
  start(): Promise<void>;
  stop(): Promise<void>;
}

interface Options {
  /** Days of the default retention, COMPLIANCE. None: no lock. */
  readonly lock?: number;
  /** The certificate to serve by: its file, and that of its key. */
  readonly tls?: { readonly cert: string; readonly key: string };
}

/** A real S3 server with one bucket, versions and object lock, on a port of loopback. Whoever starts it stops it. */
export async function startBucketServer({ lock = 1, tls }: Options = {}): Promise<BucketServer> {
  const program = findVersitygw();
  if (program === undefined) throw new Error(NEEDS_VERSITYGW);
  const directory = mkdtempSync(join(tmpdir(), 'bucket-'));
  for (const name of ['data', 'versions', 'iam']) mkdirSync(join(directory, name));
  const port = await reservedPort();
  const endpoint = `${tls ? 'https' : 'http'}://127.0.0.1:${port}`;
  const bucket = 'off-site';
  let server: Lifeline | undefined;
  const clients: S3[] = [];
  const as: BucketServer['as'] = (credentials) => {
    const client = new S3({
      endpoint,
      region: 'us-east-1',
      credentials,
      forcePathStyle: true,
      maxAttempts: 1,
      ...(tls && { requestHandler: { httpsAgent: { rejectUnauthorized: false } } }),
    });
    clients.push(client);
    return client;
  };
  const root = as(ROOT);

  async function start(): Promise<void> {
    server = await startLifeline(program!, [
      '--quiet',
      '--port',
      `127.0.0.1:${port}`,
      '--access',
      ROOT.accessKeyId,
      '--secret',
      ROOT.secretAccessKey,
      '--iam-dir',
      join(directory, 'iam'),
      ...(tls ? ['--cert', tls.cert, '--key', tls.key] : []),
      'posix',
      '--versioning-dir',
      join(directory, 'versions'),
      join(directory, 'data'),
    ]);
    for (let tries = 0; ; tries += 1)
      try {
        await root.listBuckets({});
        return;
      } catch (error) {
        if (tries > 100) throw error;
        await new Promise((resolve) => setTimeout(resolve, 100));
      }
  }

  async function addUser({ accessKeyId, secretAccessKey }: typeof SENDER): Promise<void> {
    await execa(program!, [
      'admin',
      '--allow-insecure',
      '--access',
      ROOT.accessKeyId,
      '--secret',
      ROOT.secretAccessKey,
      '--endpoint-url',
      endpoint,
      'create-user',
      '--access',
      accessKeyId,
      '--secret',
      secretAccessKey,
      '--role',
      'user',
    ]);
  }

  await start();
  await addUser(SENDER);
  await addUser(CLEANER);
  await root.createBucket({ Bucket: bucket, ObjectLockEnabledForBucket: lock > 0 });
  if (lock > 0)
    await root.putObjectLockConfiguration({
      Bucket: bucket,
      ObjectLockConfiguration: {
        ObjectLockEnabled: 'Enabled',
        Rule: { DefaultRetention: { Mode: 'COMPLIANCE', Days: lock } },
      },
    });
  await root.putBucketPolicy({ Bucket: bucket, Policy: policyFor(bucket) });

  return {
    endpoint,
    bucket,
    root,
    as,
    start,
    kill: () => process.kill(server!.pid, 'SIGKILL'),
    async stop() {
      for (const client of clients) client.destroy();
      await server?.stop();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

function policyFor(bucket: string): string {
  const resources = [`arn:aws:s3:::${bucket}`, `arn:aws:s3:::${bucket}/*`];
  const send = [
    's3:PutObject',
    's3:GetObject',
    's3:GetObjectRetention',
    's3:ListBucket',
    's3:ListBucketMultipartUploads',
    's3:ListMultipartUploadParts',
    's3:AbortMultipartUpload',
    's3:GetBucketObjectLockConfiguration',
    's3:GetBucketVersioning',
  ];
  const clean = [
    's3:ListBucket',
    's3:ListBucketVersions',
    's3:GetBucketObjectLockConfiguration',
    's3:GetObject',
    's3:GetObjectVersion',
    's3:GetObjectRetention',
    's3:DeleteObject',
    's3:DeleteObjectVersion',
  ];
  const allow = (who: typeof SENDER, Action: string[]) => ({
    Effect: 'Allow',
    Principal: { AWS: [who.accessKeyId] },
    Action,
    Resource: resources,
  });
  return JSON.stringify({
    Version: '2012-10-17',
    Statement: [allow(SENDER, send), allow(CLEANER, clean)],
  });
}
