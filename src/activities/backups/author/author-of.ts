import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { isThere } from '../../../os/files/file-facts.ts';
import { signerOf } from '../../../os/sign/ssh-signature.ts';
import type { Manifest } from '../../artefact/manifest.ts';
import { readPlain } from '../../artefact/plain-file.ts';
import { type Authors, BACKUP_NAMESPACE, fingerprintOf, isEncrypted } from './authors.ts';
import { readFirstUse } from './first-use.ts';
import { readTrusted } from './trusted.ts';

/** Who made a backup, as far as that is proven. */
export interface Author {
  /** Whose word it is: `signed by this host`. Missing: nobody's. */
  readonly by?: string;
  /** Why it is not taken for one of the target's own, as a sentence without its end. */
  readonly doubt?: string;
}

interface Found {
  readonly place: string;
  /** Its directory. */
  readonly directory: string;
  readonly manifest: Manifest;
  /** Of the manifest, as they lie there. */
  readonly bytes: Buffer;
  /** It, or its manifest, has another name, so that somebody elsewhere may change it. */
  readonly linked: boolean;
}

export const SIGNATURE = 'manifest.json.sig';
const MOST_BYTES = 4096;

/**
 * Who made what lies there. Hashes say that a backup is what its manifest says, and whoever can write to the disk can write both;
 * age enciphers for everybody who knows the recipient, and says nothing of who did it.
 */
export function authorOf(found: Found, authors: Authors): Author {
  const { place, directory, manifest, bytes, linked } = found;
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  const person = readTrusted(directory, { id: manifest.id, sha256 }, authors);
  if (person) return { by: `trusted by ${person.by}` };

  const signature = readSignature(join(directory, SIGNATURE));
  const signer =
    signature === undefined
      ? undefined
      : signerOf(signature, { namespace: BACKUP_NAMESPACE, content: bytes });
  if (signature !== undefined && signer === undefined)
    return { doubt: 'its manifest is not the one that was signed' };
  const whose = signer === undefined ? undefined : authors.known.get(signer);
  const lacking = authors.demand.includes('encryption') && !isEncrypted(manifest);
  if (whose !== undefined)
    return lacking
      ? { by: `signed by ${whose}`, doubt: 'it is not encrypted' }
      : { by: `signed by ${whose}` };

  const before = readFirstUse(authors, place);
  if (!lacking && before?.get(manifest.id) === sha256)
    return { by: 'here before signing began, and encrypted with our key' };
  if (linked)
    return { doubt: 'it is a link, or has a second name elsewhere, and nobody signed it' };
  if (authors.demand.length === 0) return {};
  if (!isEncrypted(manifest)) return { doubt: `it is not encrypted${nor(signer)}` };
  // Until the first backup is signed, those from before are all there is.
  if (before === undefined || !authors.demand.includes('signature')) return {};
  return {
    doubt: signer === undefined ? 'nobody has signed it' : `it is signed by ${stranger(signer)}`,
  };
}

function nor(signer: string | undefined): string {
  return signer === undefined
    ? ', and nobody has signed it'
    : `, and signed by ${stranger(signer)}`;
}

function stranger(signer: string): string {
  return `${fingerprintOf(signer)}, which this target does not know`;
}

/** What is there and is no signature counts as a wrong one. */
function readSignature(file: string): string | undefined {
  if (!isThere(file)) return undefined;
  try {
    return readPlain(file, MOST_BYTES).bytes.toString('latin1');
  } catch {
    return '';
  }
}
