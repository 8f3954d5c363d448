import type { Secret } from '../../../config/schema/security/secrets.ts';
import type { Target } from '../../../config/schema/target.ts';
import { commandProvider } from './command-provider.ts';
import { envFileProvider } from './env-file-provider.ts';

export type ProviderTarget = Pick<Target, 'directory' | 'runsAs'>;

/** Where the application finds a secret when it starts. */
export interface Provider {
  /** For people, without the secret. */
  readonly place: string;
  read(): Promise<string>;
  /** Replaces what is there. */
  write(value: string): Promise<void>;
  /** Removes what a killed attempt to write has left. */
  tidy(): void;
}

export function providerOf(target: ProviderTarget, { name, provider }: Secret): Provider {
  return provider.kind === 'env-file'
    ? envFileProvider(target, { file: provider.file, key: provider.key ?? name })
    : commandProvider(target, provider);
}
