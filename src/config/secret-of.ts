import { resolve } from 'node:path';
import { contentOf, variable } from './environment.ts';
import type { SecretName } from './schema/values/secret.ts';

/** A secret is not where its name says. The message holds the name only. */
export class MissingSecret extends Error {
  override readonly name = 'MissingSecret';

  constructor(secret: SecretName, reason: string) {
    super(`Cannot read the secret "${secret}": ${reason}`);
  }
}

/** Read each time, so that a changed one counts at once. Files are relative to `directory`. Error: `MissingSecret`. */
export function secretOf(name: SecretName, directory: string): string {
  const [, kind, place] = /^(env|file):(.+)$/s.exec(name)!;
  const missing = (code: string) =>
    new MissingSecret(name, code === 'ENOENT' ? 'it is not there' : code);
  const value = kind === 'env' ? variable(place!) : contentOf(resolve(directory, place!), missing);
  if (!value) throw new MissingSecret(name, kind === 'env' ? 'it is not set' : 'it is empty');
  return value;
}
