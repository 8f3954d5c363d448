import type { Target } from '../../config/schema/target.ts';
import { readArtefact } from './artefact.ts';
import type { Bytes } from './bytes.ts';
import { readKey } from './key.ts';
import type { Stored } from './manifest.ts';

/** What `file` holds, opened with the target's key where it is encrypted. `name` is how people call the backup. */
export async function openStored(
  target: Target,
  file: string,
  stored: Stored,
  name: string,
): Promise<Bytes> {
  const key = stored.encryption && (await readKey(target));
  return readArtefact(file, stored, { name, key });
}
