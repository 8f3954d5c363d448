import { readdirSync, readFileSync, realpathSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { SystemdRuntime } from '../schema/runtime.ts';

/** Where units lie that outlive a start of the machine, the strongest first: see systemd.unit(5). */
const PLACES = [
  '/etc/systemd/system.control',
  '/etc/systemd/system',
  '/usr/local/lib/systemd/system',
  '/usr/lib/systemd/system',
  '/lib/systemd/system',
];

/** No unit is larger. */
const LARGEST = 2 ** 20;

export interface UnitFiles {
  /** The unit's file, and its drop-ins: what `systemctl cat` shows. */
  readonly units: readonly string[];
  /** What they name by `EnvironmentFile=`. */
  readonly environments: readonly string[];
}

/** The files that a unit is made of, read without systemd: they are compared, too, when that does not answer. `root`: where /etc lies. */
export function unitFiles({ unit }: Pick<SystemdRuntime, 'unit'>, root = '/'): UnitFiles {
  const places = [...new Set(PLACES.flatMap((place) => realOf(join(root, place)) ?? []))];
  const [name] = namesOf(unit).flatMap(
    (one) => places.map((place) => join(place, one)).find(isThere) ?? [],
  );
  const dropIns = dropInsOf(unit).flatMap((folder) =>
    places.flatMap((place) => confsIn(join(place, folder))),
  );
  const units = [...(name === undefined ? [] : [name]), ...dropIns];
  return { units, environments: [...new Set(units.flatMap(environmentsIn))] };
}

/** An instance has a file of its own, or that of its template. */
function namesOf(unit: string): string[] {
  const template = unit.replace(/@.*\.service$/, '@.service');
  return template === unit ? [unit] : [unit, template];
}

/** `a-b.service` takes drop-ins of `a-.service.d`, too, and every service those of `service.d`. */
function dropInsOf(unit: string): string[] {
  const stem = unit.slice(0, -'.service'.length);
  const parts = stem.split('-').slice(0, -1);
  const prefixes = parts.map((_, index) => `${parts.slice(0, index + 1).join('-')}-.service.d`);
  return ['service.d', ...prefixes, ...namesOf(unit).map((name) => `${name}.d`)];
}

function confsIn(folder: string): string[] {
  try {
    const names = readdirSync(folder).filter((name) => name.endsWith('.conf'));
    return names.toSorted().map((name) => join(folder, name));
  } catch {
    return [];
  }
}

/** An empty one takes back those before it, which may stay: nothing worse comes of one file too many. */
function environmentsIn(file: string): string[] {
  try {
    if (statSync(file).size > LARGEST) return [];
    const lines = readFileSync(file, 'utf8').matchAll(
      /^\s*EnvironmentFile\s*=\s*-?(\/[^%*?[\n]*?)\s*$/gm,
    );
    return [...lines].map(([, path]) => path!);
  } catch {
    return [];
  }
}

function isThere(file: string): boolean {
  return statSync(file, { throwIfNoEntry: false }) !== undefined;
}

function realOf(path: string): string | undefined {
  try {
    return realpathSync(path);
  } catch {
    return undefined;
  }
}
