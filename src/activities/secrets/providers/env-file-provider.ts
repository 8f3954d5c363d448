import { resolve } from 'node:path';
import { readEnvFile, writeEnvFile } from '../../../os/env-file/env-file.ts';
import { type PlainValue, plainValueOf, UnclearValue } from '../../../os/env-file/replace-value.ts';
import { permanent } from '../../../os/failure.ts';
import { readHeld } from '../../../os/files/held/read-held.ts';
import { removeParts, replaceHeld } from '../../../os/files/held/replace-held.ts';
import type { Provider, ProviderTarget } from './provider.ts';

/** One assignment of an environment file, of which every other byte stays. */
export function envFileProvider(
  { directory }: ProviderTarget,
  { file, key }: { readonly file: string; readonly key: string },
): Provider {
  const path = resolve(directory, file);
  const place = `${key} of "${file}"`;
  return {
    place,
    read: async () => found().value,
    write: async (value) => replaceHeld(path, writeEnvFile(found().replacedBy(value))),
    tidy: () => removeParts(path),
  };

  /** Errors: `FilesMissing`, `SecretUnclear`. */
  function found(): PlainValue {
    const bytes = readHeld(path);
    if (bytes === undefined) throw permanent('FilesMissing', `Cannot find "${path}"`);
    try {
      return plainValueOf(readEnvFile(bytes), key);
    } catch (error) {
      if (!(error instanceof UnclearValue)) throw error;
      throw permanent(
        'SecretUnclear',
        `Cannot replace ${place}: ${error.message}. Write it on one line, as ${key}=VALUE of letters, digits, "-" and "_"`,
      );
    }
  }
}
