import { join } from 'node:path';
import type { Target } from '../../../config/schema/target.ts';
import type { Figure } from '../../../figures/figure.ts';
import { decrypted } from '../../artefact/age.ts';
import { bytesOf } from '../../artefact/bytes.ts';
import { type Key, readKey } from '../../artefact/key.ts';
import { newestEncrypted } from '../../backups/author/first-use.ts';
import { measured, type Sampling, unknown } from '../sampling.ts';

const NAME = 'backups.key';

/**
 * `backups.key`: whether the key is here, and opens the newest encrypted backup. Its first bytes are enough. One that is missed on the day of
 * need is missed for ever. Nothing where backups are not encrypted.
 */
export async function backupKey(sampling: Sampling): Promise<readonly Figure[]> {
  const { target } = sampling;
  const source = target.backups.encryption?.key;
  if (source === undefined) return [];
  try {
    const key = (await readKey(target))!;
    return [figure(0, await opened(target, key))];
  } catch (error) {
    const { type, message } = error as Error & { type?: string };
    return type === 'KeyMissing' || type === 'KeyWrong'
      ? [figure(1, `No encrypted backup can be opened: ${message}`)]
      : [unknown(sampling, NAME, 'count', source, `Not tried: ${message}`)];
  }

  function figure(value: 0 | 1, note: string): Figure {
    return measured(
      sampling,
      NAME,
      { value, unit: 'count', source: source!, note },
      { verdict: value === 0 ? 'ok' : 'critical', limit: 'critical when it does not open them' },
    );
  }
}

/** Errors: `KeyWrong`, or what keeps the file from being read. */
async function opened({ backups }: Target, key: Key): Promise<string> {
  const newest = newestEncrypted(backups.directory);
  if (!newest) return 'It is there, and there is no encrypted backup yet';
  const { id, database } = newest;
  const bytes = decrypted(bytesOf(join(backups.directory, id, database.stored.file)), key);
  try {
    await bytes.next();
  } finally {
    await bytes.return(undefined);
  }
  return `It opens the newest encrypted backup, "${id}"`;
}
