import type { Apt } from './apt.ts';
import { installedVersions, withArchitectures } from './dpkg-state.ts';
import type { Plan } from './plan.ts';
import {
  changeText,
  inOrder,
  isCore,
  type PackageChange,
  readSimulation,
  type Simulated,
} from './simulated.ts';
import { permanent } from '../../../os/failure.ts';

const SIMULATE = ['-oDebug::NoLocking=1', '--simulate'];

/** Fetches our own lists. A source that does not answer fails it: old lists are no knowledge. */
export async function fetchLists({ read, options }: Apt): Promise<void> {
  await read(['apt-get', ...options, 'update']);
}

/** What an update would change by the lists as they are. Installs nothing, and removes nothing. Error: `CannotCheck`. */
export async function planPackages(apt: Apt): Promise<Plan> {
  const { updates, options, read } = apt;
  if (updates.packages === 'none') return { ordinary: [], core: [] };
  const all = expectRead(
    await read(['apt-get', ...options, ...SIMULATE, '--with-new-pkgs', 'upgrade']),
  );
  const wanted = all.changes.filter(
    ({ name, from, isSecurity }) =>
      from !== undefined &&
      !updates.hold.includes(name) &&
      (updates.packages === 'all' || isSecurity),
  );
  const core = wanted.filter(({ name }) => isCore(name));
  const others = wanted.filter(({ name }) => !isCore(name));
  const ordinary = await simulateOnly(apt, others);
  // What an ordinary package needs of Docker or systemd cannot be approved without it.
  if (ordinary.some(({ name }) => isCore(name)))
    return { ordinary: [], core: await simulateOnly(apt, wanted) };
  const first = new Set(ordinary.map(({ name }) => name));
  const rest = await simulateOnly(apt, [...others, ...core]);
  return { ordinary, core: rest.filter(({ name }) => !first.has(name)) };
}

/** These very versions, and what they need besides, such as the package of a newer kernel. */
async function simulateOnly(apt: Apt, changes: readonly PackageChange[]): Promise<PackageChange[]> {
  const { options, read, updates } = apt;
  if (changes.length === 0) return [];
  const names = changes.map(specOf);
  const text = await read(['apt-get', ...options, ...SIMULATE, '--no-remove', 'install', ...names]);
  const { changes: found, removed } = expectRead(text);
  if (removed.length > 0)
    throw permanent('CannotCheck', `An update would remove ${removed.slice(0, 5).join(', ')}`);
  const held = found.find(({ name }) => updates.hold.includes(name));
  if (held)
    throw permanent(
      'CannotCheck',
      `"hold" names "${held.name}", which another update needs: take it out, or hold that one, too`,
    );
  const bare = inOrder(found).map(({ name, architecture, from, to }) => ({
    name,
    architecture,
    ...(from !== undefined && { from }),
    to,
  }));
  return withArchitectures(await installedVersions(apt), bare);
}

/**
 * Updates that are asked for and are not in the plan: held, by whomever, or such that others would have to go. Undefined: it cannot be told. They
 * are no reason not to make the others.
 */
export async function findKeptBack(
  { updates, options, read }: Apt,
  { ordinary, core }: Plan,
): Promise<readonly string[] | undefined> {
  try {
    const text = await read(['apt-get', ...options, ...SIMULATE, '--ignore-hold', 'dist-upgrade']);
    const planned = new Set([...ordinary, ...core].map(({ name }) => name));
    return expectRead(text)
      .changes.filter(
        ({ name, from, isSecurity }) =>
          from !== undefined && (updates.packages === 'all' || isSecurity) && !planned.has(name),
      )
      .map(changeText);
  } catch {
    return undefined;
  }
}

/** As a command of apt names one version. */
export function specOf({ name, architecture, to }: PackageChange): string {
  return architecture === 'all' ? `${name}=${to}` : `${name}:${architecture}=${to}`;
}

export function expectRead(text: string): Simulated {
  const read = readSimulation(text);
  if ('unreadable' in read)
    throw permanent('CannotCheck', `Cannot read what apt-get would do: "${read.unreadable}"`);
  return read;
}
