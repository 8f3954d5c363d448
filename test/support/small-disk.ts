import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Why a test that needs a disk of its own cannot run here. */
export const NO_DISK = 'only root can mount a disk';
export const canMount = process.getuid?.() === 0 && process.platform === 'linux';

/** A disk of so many MiB, in memory. Answers how it is taken away. */
export function mountDisk(disk: string, mebibytes: number): () => void {
  mkdirSync(disk);
  execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${mebibytes}m`, 'tmpfs', disk]);
  return () => execFileSync('umount', ['-l', disk]);
}

export function makeReadOnly(disk: string): void {
  execFileSync('mount', ['-o', 'remount,ro', disk]);
}

/** Fills a disk but for so many MiB. Answers the file that does. */
export function fillDisk(disk: string, left = 0): string {
  const text = execFileSync('stat', ['-f', '-c', '%a %S', disk], { encoding: 'utf8' });
  const [blocks, size] = text.split(' ').map(Number) as [number, number];
  const filler = join(disk, 'filler');
  writeFileSync(filler, Buffer.alloc(blocks * size - left * 2 ** 20));
  return filler;
}
