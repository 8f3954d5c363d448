import type { Apt } from './apt.ts';
import type { PackageChange } from './simulated.ts';

/** Installed packages and their versions, by `name:architecture`. Those that are half configured are there, too. */
export async function installedVersions({ read }: Apt): Promise<ReadonlyMap<string, string>> {
  const format = '${db:Status-Abbrev}\t${Package}:${Architecture}\t${Version}\n';
  const lines = (await read(['dpkg-query', '-W', `-f=${format}`])).split('\n').filter(Boolean);
  const all = lines.map((line) => line.split('\t') as [string, string, string]);
  // `c`: only its configuration is left; `n`: nothing.
  return new Map(
    all.filter(([status]) => !/^.[nc]/.test(status)).map(([, name, version]) => [name, version]),
  );
}

export function keyOf({ name, architecture }: PackageChange): string {
  return `${name}:${architecture}`;
}

/** What `dpkg --audit` has to say of packages that an interrupted call left half configured. Empty: nothing. */
export async function auditOf({ read }: Apt): Promise<string> {
  // It ends with 1 when it has found something, in newer versions.
  return read(['sh', '-c', 'dpkg --audit || test $? = 1']).then((text) => text.trim());
}

export function areAt(
  versions: ReadonlyMap<string, string>,
  changes: readonly PackageChange[],
  which: 'from' | 'to',
): boolean {
  return changes.every((change) => versions.get(keyOf(change)) === change[which]);
}
