import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import type { Target } from '../../../config/schema/target.ts';
import type { Stamp } from '../../../config/time/stamp.ts';
import { passing, permanent } from '../../../os/failure.ts';
import { failureOf } from '../../../os/failure-of.ts';
import { syncDirectory, syncFile } from '../../../os/files/durable-files.ts';
import { availableIn } from '../../../os/files/disk-space.ts';
import { namesIn } from '../../../os/files/names-in.ts';
import { findOnSystemPath } from '../../../os/process/find-on-system-path.ts';
import { ensureHostDirectory } from '../../../state/host/host-directory.ts';
import type { Apt } from './apt.ts';
import { specOf } from './find-packages.ts';
import { fingerprintOfPlan, keptDirectory, type Plan, readPlan, writePlan } from './plan.ts';
import { oldOf, type PackageChange } from './simulated.ts';

export interface Kept {
  readonly changed: boolean;
  /** Packages of which the version from before could not be had: `name version`. */
  readonly lacking: readonly string[];
  readonly bytes: number;
}

/** So many runs' packages stay, of one target: with them the versions from before are at hand next time. */
const MOST = 5;
/** In bytes: a disk with less is why something failed. */
const FULL = 2 ** 20;

/**
 * Fetches the packages of the plan, and keeps those that are installed now, each as a file that was read back. Only then is anything
 * installed. The version from before often is in no archive any more: it is taken from an earlier run, from apt's own cache, from an archive,
 * or made anew of the installed files by dpkg-repack.
 */
export async function keepPackages(
  apt: Apt,
  target: Pick<Target, 'name'>,
  stamp: Stamp,
  plan: Plan,
): Promise<Kept> {
  const changes = [...plan.ordinary, ...plan.core];
  const [fresh, old] = ['new', 'old'].map((one) =>
    ensureHostDirectory('packages', `${target.name}-${stamp}`, one),
  ) as [string, string];
  const changed = readPlan(target, stamp)?.fingerprint !== fingerprintOfPlan(plan);
  await fetchInto(apt, fresh, changes);
  const missing = changes.find((change) => !existsSync(join(fresh, fileOf(change))));
  if (missing)
    throw permanent('CannotCheck', `apt-get has fetched no "${missing.name}" ${missing.to}`);
  const lacking: string[] = [];
  for (const change of changes)
    if (change.from !== undefined && !(await keepOld(apt, target, old, change)))
      lacking.push(`${change.name} ${change.from}`);
  for (const directory of [fresh, old]) syncDirectory(directory);
  writePlan(target, stamp, plan);
  pruneKept(target, stamp);
  return { changed, lacking, bytes: sizeOf(fresh) + sizeOf(old) };
}

/** A name of ours, so that a version is found again: `openssl_3.0.15-1%2Bdeb_amd64.deb`. */
export function fileOf({ name, to, architecture }: PackageChange): string {
  return `${name}_${encodeURIComponent(to)}_${architecture}.deb`;
}

async function fetchInto(
  apt: Apt,
  directory: string,
  changes: readonly PackageChange[],
): Promise<void> {
  const wanted = changes.filter((change) => !existsSync(join(directory, fileOf(change))));
  if (wanted.length > 0) await download(apt, directory, wanted.map(specOf));
}

/** apt checks each by the hash in its signed list. */
async function download(apt: Apt, directory: string, specs: readonly string[]): Promise<void> {
  await inScratch(apt, directory, async (inside) => {
    await apt.read([
      'sh',
      '-c',
      'cd "$0" && exec "$@"',
      inside,
      'apt-get',
      ...apt.options,
      'download',
      ...specs,
    ]);
  });
}

/** What a command leaves in a directory that is public for it, as packages in `directory`, by their own fields. */
async function inScratch(
  apt: Apt,
  directory: string,
  work: (inside: string) => Promise<void>,
): Promise<void> {
  const inside = `/var/cache/durable-runbooks/fetched-${process.pid}`;
  const scratch = join(apt.root, inside);
  rmSync(scratch, { recursive: true, force: true });
  mkdirSync(scratch, { mode: 0o755 });
  try {
    await work(inside);
    for (const name of readdirSync(scratch).filter((one) => one.endsWith('.deb')))
      await take(apt, join(scratch, name), `${inside}/${name}`, directory);
  } catch (error) {
    // apt-get says that all went well, and has fetched what there was space for.
    const isFull =
      (error as NodeJS.ErrnoException).code === 'ENOSPC' ||
      [scratch, directory].some((one) => availableIn(one) < FULL);
    if (isFull)
      throw permanent(
        'NoSpace',
        `No space to keep packages, in "${dirname(scratch)}" or "${directory}": ${failureOf(error).message.slice(-300)}`,
      );
    throw error;
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

/** Reads it to its end: of a package that is cut off dpkg would unpack half, and leave neither version. */
async function take({ read }: Apt, file: string, inside: string, directory: string): Promise<void> {
  await read(['sh', '-c', 'exec dpkg-deb --fsys-tarfile "$0" > /dev/null', inside]);
  const fields = await read(['dpkg-deb', '-f', inside, 'Package', 'Version', 'Architecture']);
  const field = (name: string) => new RegExp(`^${name}: (\\S+)$`, 'm').exec(fields)?.[1];
  const [name, to, architecture] = ['Package', 'Version', 'Architecture'].map(field);
  if (name === undefined || to === undefined || architecture === undefined) return;
  const kept = join(directory, fileOf({ name, to, architecture }));
  const part = `${kept}.part`;
  try {
    copyFileSync(file, part);
    syncFile(part);
    if (!readFileSync(part).equals(readFileSync(file)))
      throw passing('CopyDiffers', `"${part}" is not what "${file}" is`);
    renameSync(part, kept);
  } finally {
    rmSync(part, { force: true });
  }
}

async function keepOld(
  apt: Apt,
  target: Pick<Target, 'name'>,
  directory: string,
  change: PackageChange,
): Promise<boolean> {
  const old = oldOf(change);
  const isThere = () => existsSync(join(directory, fileOf(old)));
  if (isThere()) return true;
  const earlier = earlierDirectories(target).map((one) => join(one, fileOf(old)));
  for (const found of earlier.filter((one) => existsSync(one))) {
    await inScratch(apt, directory, async (inside) =>
      copyFileSync(found, join(apt.root, inside, fileOf(old))),
    ).catch(() => {});
    if (isThere()) return true;
  }
  const cached = `/var/cache/apt/archives/${old.name}_${old.to.replaceAll(':', '%3a')}_${old.architecture}.deb`;
  if (existsSync(join(apt.root, cached)))
    await take(apt, join(apt.root, cached), cached, directory).catch(() => {});
  if (isThere()) return true;
  // Each by itself: one that no archive has would keep all others from being fetched.
  await download(apt, directory, [specOf(old)]).catch(() => {});
  if (isThere() || findOnSystemPath('dpkg-repack', apt.root) === undefined) return isThere();
  await inScratch(apt, directory, async (inside) => {
    await apt.read(['sh', '-c', 'cd "$0" && exec dpkg-repack "$1"', inside, nameOf(old)]);
  }).catch(() => {});
  return isThere();
}

function nameOf({ name, architecture }: PackageChange): string {
  return architecture === 'all' ? name : `${name}:${architecture}`;
}

function earlierDirectories({ name }: Pick<Target, 'name'>): string[] {
  const all = ensureHostDirectory('packages');
  return namesIn(all)
    .filter((one) => one.startsWith(`${name}-`))
    .flatMap((one) => ['new', 'old'].map((part) => join(all, one, part)));
}

function pruneKept({ name }: Pick<Target, 'name'>, stamp: Stamp): void {
  const all = ensureHostDirectory('packages');
  const own = namesIn(all)
    .filter((one) => one.startsWith(`${name}-`) && /^\d{8}_\d{6}$/.test(one.slice(name.length + 1)))
    .toSorted();
  for (const one of own.slice(0, -MOST))
    if (join(all, one) !== keptDirectory({ name }, stamp))
      rmSync(join(all, one), { recursive: true, force: true });
}

function sizeOf(directory: string): number {
  return namesIn(directory).reduce((sum, name) => sum + statSync(join(directory, name)).size, 0);
}
