import { BackupId } from '../../../config/backup-id.ts';
import { passing } from '../../../os/failure.ts';
import type { Bucket } from './open-bucket.ts';

export const MANIFEST = 'manifest.json';

/** Where a file of a backup lies in the bucket. */
export function keyOf({ prefix }: Bucket, id: BackupId, file: string): string {
  return `${prefix}${id}/${file}`;
}

/** The backups that are whole in the bucket, as far as their names tell: the manifest comes last. The newest first. */
export async function listedBackups({ s3, name, prefix }: Bucket): Promise<readonly BackupId[]> {
  const ids: BackupId[] = [];
  let token: string | undefined;
  do {
    const page = await s3.listObjectsV2({
      Bucket: name,
      Prefix: prefix,
      ...(token !== undefined && { ContinuationToken: token }),
    });
    // A page of somebody in between, such as a portal that wants a login, is no list: it would say that all is gone.
    if (page.Name !== name)
      throw passing('OffsiteUnreachable', `What answers for "s3://${name}" is no server of S3`);
    for (const { Key: key = '' } of page.Contents ?? []) {
      const [id = '', file, ...more] = key.slice(prefix.length).split('/');
      if (file === MANIFEST && more.length === 0 && BackupId.safeParse(id).success) ids.push(id);
    }
    token = page.IsTruncated ? page.NextContinuationToken : undefined;
  } while (token !== undefined);
  return ids.toSorted((a, b) => b.localeCompare(a));
}
