import { lstatSync, mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';

/**
 * Keeps what Node compiles of this program for its next start. From sources that takes half the processor time off, because
 * types are stripped once; off the built package a tenth to a fifth (`npm run bench -- start`). Job processes are handed it.
 */
export async function useCompileCache(): Promise<void> {
  try {
    const { enableCompileCache } = await import('node:module');
    const { places } = await import('../config/places.ts');
    const directory = join(places().cache, 'compiled');
    if (isOurs(directory)) enableCompileCache(directory);
  } catch {
    // A user without a home directory, or a Node too old for it, which `runbook doctor` names. Everything is compiled anew
    // then, as where the directory cannot be written.
  }
}

/**
 * What lies in it is run: nobody else may write there. It is made here, one level at a time, because Node itself asks for
 * ever for a directory that cannot be made (seen with 24.21 below /proc).
 */
function isOurs(directory: string): boolean {
  makeDirectory(directory);
  const about = lstatSync(directory);
  return about.isDirectory() && about.uid === process.getuid?.() && (about.mode & 0o022) === 0;
}

function makeDirectory(directory: string): void {
  if (lstatSync(directory, { throwIfNoEntry: false })) return;
  const parent = dirname(directory);
  if (parent !== directory) makeDirectory(parent);
  mkdirSync(directory, { mode: 0o700 });
}
