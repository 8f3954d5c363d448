import { join } from 'node:path';
import { z } from 'zod';
import { BackupId } from '../../../config/backup-id.ts';
import { writeDurably } from '../../../os/files/durable-files.ts';
import { isThere } from '../../../os/files/file-facts.ts';
import { at } from '../../../os/files/held/places.ts';
import { ensureSigningKey } from '../../../os/sign/signing-key.ts';
import { signerOf } from '../../../os/sign/ssh-signature.ts';
import { readPlain } from '../../artefact/plain-file.ts';
import { type Authors, BACKUP_NAMESPACE } from './authors.ts';

/** A person answers for a backup that nobody has signed. It lies in the backup's own directory, and is signed itself. */
const Trusted = z.strictObject({
  id: BackupId,
  /** Of the manifest that the person means. */
  sha256: z.string(),
  by: z.string().max(300),
  because: z.string().max(1000),
  at: z.iso.datetime(),
});
export type Trusted = z.infer<typeof Trusted>;

const NAME = 'trusted.json';
const MOST_BYTES = 64 * 1024;

/** Who answers for the backup. Undefined: nobody whose key is known. */
export function readTrusted(
  directory: string,
  { id, sha256 }: Pick<Trusted, 'id' | 'sha256'>,
  { known }: Pick<Authors, 'known'>,
): Trusted | undefined {
  const file = join(directory, NAME);
  if (!isThere(file)) return undefined;
  try {
    const { bytes: content } = readPlain(file, MOST_BYTES);
    const signature = readPlain(`${file}.sig`, MOST_BYTES).bytes.toString('latin1');
    const signer = signerOf(signature, { namespace: BACKUP_NAMESPACE, content });
    const trusted = Trusted.parse(JSON.parse(content.toString('utf8')));
    const isKnown = signer !== undefined && known.has(signer);
    return isKnown && trusted.id === id && trusted.sha256 === sha256 ? trusted : undefined;
  } catch {
    return undefined;
  }
}

export function writeTrusted(directory: string, trusted: Trusted, keys: string): void {
  const file = join(at(directory), NAME);
  const content = `${JSON.stringify(Trusted.parse(trusted), undefined, 2)}\n`;
  const key = ensureSigningKey(keys);
  writeDurably(`${file}.sig`, key.sign({ namespace: BACKUP_NAMESPACE, content }));
  writeDurably(file, content);
}
