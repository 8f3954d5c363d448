import { execFileSync, spawnSync } from 'node:child_process';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { canMount } from './small-disk.ts';

/** Whether an image of a disk can be mounted here. */
export const canCut =
  canMount && existsSync('/dev/loop-control') && spawnSync('mkfs.ext4', ['-V']).status === 0;

/** How what is tested is ended: for `describe.each`. */
export const ENDS = [
  ['killed', { power: 'on' }],
  ...(canCut ? ([['without power', { power: 'cut' }]] as const) : []),
] as const;

/** `cut`: what was not synced is gone, and the machine starts again. Otherwise one process is killed. */
export type Power = 'on' | 'cut';

/** A directory for a scenario that is ended. */
export interface Place {
  readonly directory: string;
  /** Syncs what was arranged. */
  readonly settle: () => void;
  /** Nothing while the power is on. Otherwise goes on with what is on the disk, without what is in memory only. */
  readonly cut: () => void;
}

/** Lends a place; with the power to be cut, on a disk of its own. */
export async function withPlace<Result>(
  power: Power,
  use: (place: Place) => Promise<Result>,
  mebibytes = 24,
): Promise<Result> {
  const outer = mkdtempSync(join(tmpdir(), 'place-'));
  try {
    const nothing = () => {};
    return power === 'cut'
      ? await withDisk(outer, mebibytes, use)
      : await use({ directory: outer, settle: nothing, cut: nothing });
  } finally {
    rmSync(outer, { recursive: true, force: true });
  }
}

/** Nothing reaches the disk by itself within a test: what ext4 does to save careless programs is off, too. */
const OPTIONS = 'loop,noauto_da_alloc,commit=600';

async function withDisk<Result>(
  outer: string,
  mebibytes: number,
  use: (place: Place) => Promise<Result>,
): Promise<Result> {
  const directory = join(outer, 'disk');
  const images = [join(outer, 'image')];
  mkdirSync(directory);
  writeFileSync(images[0]!, '');
  truncateSync(images[0]!, mebibytes * 2 ** 20);
  execFileSync('mkfs.ext4', ['-q', images[0]!]);
  mount(images[0]!);
  try {
    return await use({
      directory,
      settle: () => execFileSync('sync', ['-f', directory]),
      cut() {
        const later = join(outer, `image-${images.length}`);
        copyFileSync(images.at(-1)!, later);
        // Over the other: to take that away would write what it has in memory.
        mount(later);
        images.push(later);
      },
    });
  } finally {
    for (const _ of images) execFileSync('umount', ['-l', directory]);
  }

  function mount(image: string): void {
    execFileSync('mount', ['-o', OPTIONS, image, directory]);
  }
}

/** A command that takes its start for one after another start of the machine. */
export function afterAnotherStart(...command: string[]): [string, string[]] {
  const script = `id=$(mktemp) && echo another > "$id" &&
    mount --bind "$id" /proc/sys/kernel/random/boot_id && rm "$id" && exec "$@"`;
  return ['unshare', ['--mount', 'sh', '-e', '-c', script, 'sh', ...command]];
}
