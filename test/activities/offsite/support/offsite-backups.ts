import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { generateIdentity } from 'age-encryption';
import { type BucketServer, SENDER } from '../../../support/s3/bucket-server.ts';

export interface OffsiteOptions {
  readonly server: Pick<BucketServer, 'endpoint' | 'bucket'>;
  readonly as?: { readonly accessKeyId: string; readonly secretAccessKey: string };
  readonly offsite?: object;
}

/** Keys beside a target, and what its file says of backups that go off-site. */
export async function offsiteBackups(
  directory: string,
  { server, as = SENDER, offsite = {} }: OffsiteOptions,
) {
  const key = join(directory, 'backups.key');
  writeFileSync(key, `${await generateIdentity()}\n`, { mode: 0o600 });
  writeFileSync(join(directory, 'access'), as.accessKeyId, { mode: 0o600 });
  writeFileSync(join(directory, 'secret'), as.secretAccessKey, { mode: 0o600 });
  return {
    encryption: { key: `file:${key}` },
    offsite: {
      kind: 's3' as const,
      endpoint: server.endpoint,
      bucket: server.bucket,
      prefix: 'runbooks',
      accessKey: `file:${join(directory, 'access')}`,
      secretKey: `file:${join(directory, 'secret')}`,
      ...offsite,
    },
  };
}
