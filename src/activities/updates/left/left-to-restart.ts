import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { release } from 'node:os';
import { join } from 'node:path';
import { countText } from '../../../config/text/count-text.ts';
import { namesIn } from '../../../os/files/names-in.ts';

export interface LeftToRestart {
  /** Why the machine has to start anew: sentences. */
  readonly reboot: readonly string[];
  /** Units of systemd, or programs, that run on files which an update has replaced. */
  readonly restart: readonly string[];
  readonly note: string;
}

/** So many stand in the ledger. */
const SHOWN = 20;

/**
 * What still runs as it was before an update. Whether `/run/reboot-required` is there depends on which package was asked to write it: that it is
 * missing proves nothing, so the kernel that runs is compared with the newest one installed, and each process with the files that it has open.
 */
export function leftToRestart(root: string): LeftToRestart {
  const reboot = [
    ...(existsSync(join(root, 'run/reboot-required')) ? ['A package asks for it'] : []),
    ...newerKernel(root),
  ];
  const found = [...new Set(processes().flatMap(staleIn))].toSorted();
  const restart = found.slice(0, SHOWN);
  const note = [
    ...(reboot.length > 0 ? [`The machine has to be started anew: ${reboot.join('. ')}`] : []),
    ...(found.length > 0
      ? [
          `${countText(found.length, 'program runs', 'programs run')} on replaced files: ${restart.join(', ')}`,
        ]
      : []),
  ];
  return { reboot, restart, note: note.join('. ') || 'Nothing' };
}

function newerKernel(root: string): string[] {
  const running = release();
  const installed = namesIn(join(root, 'boot')).flatMap(
    (name) => /^vmlinuz-(\d.+)$/.exec(name)?.[1] ?? [],
  );
  // A machine whose kernel comes from elsewhere has none of its own to compare.
  if (!installed.includes(running)) return [];
  const newest = installed.toSorted(byVersion).at(-1)!;
  return newest === running ? [] : [`It runs Linux ${running}, and ${newest} is installed`];
}

/** `6.1.0-9` comes before `6.1.0-10`. */
function byVersion(one: string, other: string): number {
  return one.localeCompare(other, 'en', { numeric: true });
}

function processes(): string[] {
  return readdirSync('/proc').filter((name) => /^\d+$/.test(name));
}

/** A library that is mapped to be run, and gone from its directory. */
const STALE =
  /^\S+ r-x\S* \S+ \S+ \d+ +(?<file>\/(?:usr|lib|lib64|opt|bin|sbin)\/\S+) \(deleted\)$/m;

function staleIn(pid: string): string[] {
  try {
    // Lines are long and many: most processes have none that is gone.
    const maps = readFileSync(`/proc/${pid}/maps`, 'utf8');
    if (!maps.includes(' (deleted)') || !STALE.test(maps)) return [];
    const unit = /([^/\n]+\.service)(?:$|\/)/m.exec(
      readFileSync(`/proc/${pid}/cgroup`, 'utf8'),
    )?.[1];
    return [unit ?? readFileSync(`/proc/${pid}/comm`, 'utf8').trim()];
  } catch {
    // It has ended meanwhile, or is none of ours to look into.
    return [];
  }
}
