import { join } from 'node:path';

/**
 * Keeps what Node compiles of this program for its next start. From sources that takes half the processor time off, because
 * types are stripped once; off the built package a tenth to a fifth (`npm run bench -- start`). Job processes are handed it.
 */
export async function useCompileCache(): Promise<void> {
  try {
    const { enableCompileCache } = await import('node:module');
    const { places } = await import('../config/places.ts');
    enableCompileCache(join(places().cache, 'compiled'));
  } catch {
    // A user without a home directory, or a Node too old for it, which `runbook doctor` names. Everything is compiled anew
    // then, as where the directory cannot be written.
  }
}
