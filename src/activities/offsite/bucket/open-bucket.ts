import { readFileSync } from 'node:fs';
import type { S3 } from '@aws-sdk/client-s3';
import type { Target } from '../../../config/schema/target.ts';
import { secretOf } from '../../../config/secret-of.ts';
import { permanent } from '../../../os/failure.ts';
import { bucketFailure } from './bucket-failure.ts';

/** Of which target, and where its backups go. */
export type Sender = Pick<Target, 'name' | 'directory' | 'state' | 'backups'>;

export interface Bucket {
  readonly s3: S3;
  readonly name: string;
  /** Before everything of this target: `prefix/target/`. */
  readonly prefix: string;
  /** For people: `s3://bucket/prefix/target/`. */
  readonly place: string;
}

/** The key pair of another person, in place of the target's. */
export interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

/**
 * Lends the target's bucket. What goes wrong is a sentence that names the bucket and holds no secret. Errors: `InvalidInput` when
 * the target has none; `SecretMissing`, `OffsiteRefused`, `OffsiteUnreachable`, `OffsiteDiffers`.
 */
export async function withBucket<Result>(
  target: Sender,
  use: (bucket: Bucket) => Promise<Result>,
  as?: Credentials,
): Promise<Result> {
  const { offsite } = target.backups;
  if (!offsite) throw permanent('InvalidInput', `Target "${target.name}" has no "backups.offsite"`);
  const { bucket: name } = offsite;
  const prefix = `${offsite.prefix === '' ? '' : `${offsite.prefix}/`}${target.name}/`;
  let s3: S3 | undefined;
  try {
    s3 = await clientOf(target, offsite, as);
    return await use({ s3, name, prefix, place: `s3://${name}/${prefix}` });
  } catch (error) {
    throw bucketFailure(error, `s3://${name}`);
  } finally {
    s3?.destroy();
  }
}

/** Nothing is taken from the environment or from files of `aws`: what the target says is all there is. */
async function clientOf(
  { directory }: Sender,
  offsite: NonNullable<Sender['backups']['offsite']>,
  as?: Credentials,
): Promise<S3> {
  const { endpoint, region, pathStyle = endpoint !== undefined, ca } = offsite;
  const credentials = as ?? {
    accessKeyId: secretOf(offsite.accessKey, directory),
    secretAccessKey: secretOf(offsite.secretKey, directory),
  };
  const trusted = ca === undefined ? {} : { ca: readFileSync(ca) };
  const { S3: Client } = await import('@aws-sdk/client-s3');
  return new Client({
    region,
    credentials,
    ...(endpoint !== undefined && { endpoint }),
    ignoreConfiguredEndpointUrls: true,
    forcePathStyle: pathStyle,
    followRegionRedirects: false,
    maxAttempts: 3,
    // We send the checksums that count, and compare what comes with those of the manifest.
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
    requestHandler: {
      connectionTimeout: CONNECT_WITHIN,
      socketTimeout: SILENCE,
      httpsAgent: { keepAlive: true, maxSockets: 8, ...trusted },
    },
  });
}

const CONNECT_WITHIN = 10_000;
/** How long a connection may carry nothing, in ms. */
const SILENCE = 60_000;
