import type { GetObjectLockConfigurationCommandOutput } from '@aws-sdk/client-s3';
import type { Bucket } from './open-bucket.ts';
import { isAbsent } from './bucket-failure.ts';

/** What the bucket says of an object, without its bytes. */
export interface ObjectFacts {
  readonly bytes: number;
  /** sha256 in base64, of the whole or, with `-<count>` behind it, of the hashes of its parts. Missing: it has none. */
  readonly checksum?: string;
}

/** Undefined: there is none. */
export async function factsOf({ s3, name }: Bucket, key: string): Promise<ObjectFacts | undefined> {
  try {
    const head = await s3.headObject({ Bucket: name, Key: key, ChecksumMode: 'ENABLED' });
    const { ContentLength: bytes = 0, ChecksumSHA256: checksum } = head;
    return { bytes, ...(checksum && { checksum }) };
  } catch (error) {
    if (isAbsent(error)) return undefined;
    throw error;
  }
}

/** Until when nobody may delete it, as ISO 8601. Undefined: it is not locked, or the key may not ask. */
export async function lockedUntil(
  bucket: Bucket,
  key: string,
  VersionId?: string,
): Promise<string | undefined> {
  const { s3, name } = bucket;
  const asked = { Bucket: name, Key: key, ...(VersionId !== undefined && { VersionId }) };
  const own = await s3.getObjectRetention(asked).then(
    ({ Retention }) => Retention?.RetainUntilDate,
    () => undefined,
  );
  if (own) return own.toISOString();
  // Some servers say only what holds for the whole bucket.
  try {
    const days = daysOf(await s3.getObjectLockConfiguration({ Bucket: name }));
    const { LastModified: since } = await s3.headObject(asked);
    if (days === undefined || since === undefined) return undefined;
    return new Date(since.getTime() + days * DAY).toISOString();
  } catch {
    return undefined;
  }
}

/** How long the bucket keeps from everybody what comes, unless something else was said when it came. */
export function daysOf({
  ObjectLockConfiguration: lock,
}: GetObjectLockConfigurationCommandOutput): number | undefined {
  const { Days, Years } = lock?.Rule?.DefaultRetention ?? {};
  return Days ?? (Years === undefined ? undefined : Years * 365);
}

const DAY = 86_400_000;

/** sha256 in hex, as S3 writes it. `parts`: how many hashes it is of. */
export function checksumOf(hex: string, parts?: number): string {
  const base64 = Buffer.from(hex, 'hex').toString('base64');
  return parts === undefined ? base64 : `${base64}-${parts}`;
}
