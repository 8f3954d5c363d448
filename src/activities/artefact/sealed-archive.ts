import { z } from 'zod';
import { permanent } from '../../os/failure.ts';
import { decrypted, encrypted } from './age.ts';
import type { Key } from './key.ts';
import { Archive, type KeptArchive } from './manifest.ts';

const Content = Archive.omit({ stored: true, name: true });
type Content = z.infer<typeof Content>;

/** How a manifest keeps an archive: where it is encrypted, what is in it is readable by the same key only. */
export async function sealedArchive(archive: Archive, key: Key | undefined): Promise<KeptArchive> {
  // One without entries is none for whoever looks for files.
  if (!key || archive.entries.length === 0) return archive;
  const { name, stored, ...content } = archive;
  const pieces: Buffer[] = [];
  const text = Buffer.from(JSON.stringify(content satisfies Content));
  for await (const piece of encrypted(once(text), key)) pieces.push(piece);
  return { name, stored, sealed: Buffer.concat(pieces).toString('base64') };
}

/** What is in an archive. `backup` is how people call it. Errors: `KeyMissing`, `KeyWrong`, `BackupDamaged`. */
export async function openedArchive(
  archive: KeptArchive,
  key: Key | undefined,
  backup: string,
): Promise<Archive> {
  if (!('sealed' in archive)) return archive;
  const { name, stored, sealed } = archive;
  if (!key)
    throw permanent(
      'KeyMissing',
      `Cannot open backup "${backup}": it is encrypted, and the target has no "backups.encryption"`,
    );
  try {
    const pieces: Buffer[] = [];
    for await (const piece of decrypted(once(Buffer.from(sealed, 'base64')), key))
      pieces.push(piece);
    const content = Content.parse(JSON.parse(Buffer.concat(pieces).toString('utf8')));
    return { name, stored, ...content };
  } catch (error) {
    const { type, message } = error as { readonly type?: string; readonly message: string };
    if (type === 'KeyWrong')
      throw permanent('KeyWrong', `Cannot open backup "${backup}": ${message}`);
    throw permanent('BackupDamaged', `The list of "${name}" in backup "${backup}" cannot be read`);
  }
}

async function* once(bytes: Buffer): AsyncGenerator<Buffer> {
  yield bytes;
}
