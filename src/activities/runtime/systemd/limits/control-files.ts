import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { syncDirectory, writeDurably } from '../../../../os/files/durable-files.ts';

/** Where `systemctl set-property` writes: for good, and until the machine starts anew. */
const PLACES = ['/etc/systemd/system.control', '/run/systemd/system.control'];
const NAMES = ['50-MemoryMax.conf', '50-CPUQuota.conf'];

/** Their text by their path; null where there is none. */
export type ControlFiles = Readonly<Record<string, string | null>>;

export function readControlFiles(unit: string): ControlFiles {
  return Object.fromEntries(pathsOf(unit).map((path) => [path, textOf(path)]));
}

/** As they were. Only root writes there, and it is nobody else's to edit: systemd says so in each. */
export function restoreControlFiles(files: ControlFiles): void {
  for (const [path, text] of Object.entries(files)) {
    if (text === textOf(path)) continue;
    if (text === null) {
      rmSync(path);
      syncDirectory(dirname(path));
    } else {
      mkdirSync(dirname(path), { recursive: true });
      writeDurably(path, text);
    }
  }
}

/** What holds until the machine starts anew is not needed any more beside what holds for good. */
export function removeRuntimeFiles(unit: string): void {
  for (const path of pathsOf(unit)) if (path.startsWith(PLACES[1]!)) rmSync(path, { force: true });
}

function pathsOf(unit: string): string[] {
  return PLACES.flatMap((place) => NAMES.map((name) => join(place, `${unit}.d`, name)));
}

function textOf(path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if ((error as { code?: string }).code === 'ENOENT') return null;
    throw error;
  }
}
