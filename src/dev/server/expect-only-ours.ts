import { realpathSync, statSync } from 'node:fs';
import { dirname } from 'node:path';

/** Whoever can write a program, or exchange a directory above it, decides what we start: it must be us or root. */
export function expectOnlyOurs(program: string): void {
  const trusted = [0, process.getuid?.()];
  for (let path = realpathSync(program); ; path = dirname(path)) {
    const { uid, mode } = statSync(path);
    // In a directory with the sticky bit, such as /tmp, nobody moves what is another's.
    const othersWrite = (mode & 0o022) !== 0 && (mode & 0o1000) === 0;
    if (!trusted.includes(uid) || othersWrite)
      throw new Error(`"${path}" can be changed by others, so "${program}" is not started`);
    if (path === dirname(path)) return;
  }
}
