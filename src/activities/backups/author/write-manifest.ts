import { dirname, join } from 'node:path';
import type { Target } from '../../../config/schema/target.ts';
import { writeDurably } from '../../../os/files/durable-files.ts';
import { ensureSigningKey } from '../../../os/sign/signing-key.ts';
import type { Manifest } from '../../artefact/manifest.ts';
import { SIGNATURE } from './author-of.ts';
import { authorsOf, BACKUP_NAMESPACE } from './authors.ts';

/** Writes a manifest, which makes a backup of what lies beside it; its signature is there before it. Error: `KeyWrong`. */
export function writeManifest(target: Target, file: string, manifest: Manifest): void {
  const content = `${JSON.stringify(manifest, null, 2)}\n`;
  const key = ensureSigningKey(authorsOf(target).keys);
  const signature = key.sign({ namespace: BACKUP_NAMESPACE, content });
  writeDurably(join(dirname(file), SIGNATURE), signature);
  writeDurably(file, content);
}
