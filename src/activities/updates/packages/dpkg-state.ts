import type { Apt } from './apt.ts';
import { oldOf, type PackageChange } from './simulated.ts';

/** In the place of a version: it was cut off while it was unpacked. Only to install it once more helps, whichever version. */
export const CUT_OFF = 'cut off';

/** Installed packages and their versions, by `name:architecture`. Those that are half configured are there, too. */
export async function installedVersions({ read }: Apt): Promise<ReadonlyMap<string, string>> {
  const format = '${db:Status-Abbrev}\t${Package}:${Architecture}\t${Version}\n';
  const lines = (await read(['dpkg-query', '-W', `-f=${format}`])).split('\n').filter(Boolean);
  const all = lines.map((line) => line.split('\t') as [string, string, string]);
  // `c`: only its configuration is left; `n`: nothing.
  return new Map(
    all
      .filter(([status]) => !/^.[nc]/.test(status))
      .map(([status, name, version]) => [name, /^.H|^..R/.test(status) ? CUT_OFF : version]),
  );
}

type Versions = ReadonlyMap<string, string>;

function keyOf({ name, architecture }: PackageChange): string {
  return `${name}:${architecture}`;
}

/** Which version of a package is installed, whatever its architecture was and is. */
export function versionOf(versions: Versions, change: PackageChange): string | undefined {
  return versions.get(keyOf(change)) ?? versions.get(keyOf(oldOf(change)));
}

/** Changes with the architecture of what is installed, where that becomes another one. */
export function withArchitectures(
  versions: Versions,
  changes: readonly PackageChange[],
): PackageChange[] {
  return changes.map((change) => {
    const { name, from } = change;
    if (from === undefined || versions.has(keyOf(change))) return change;
    const own = [...versions.keys()].filter((key) => key.startsWith(`${name}:`));
    const was = own.find((key) => versions.get(key) === from);
    return was === undefined ? change : { ...change, fromArchitecture: was.slice(name.length + 1) };
  });
}

/** What `dpkg --audit` has to say of packages that an interrupted call left half configured. Empty: nothing. */
export async function auditOf({ read }: Apt): Promise<string> {
  // It ends with 1 when it has found something, in newer versions.
  return read(['sh', '-c', 'dpkg --audit || test $? = 1']).then((text) => text.trim());
}

export function areAt(
  versions: Versions,
  changes: readonly PackageChange[],
  which: 'from' | 'to',
): boolean {
  return changes.every((change) => versionOf(versions, change) === change[which]);
}
