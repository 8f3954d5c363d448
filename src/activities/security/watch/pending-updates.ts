import { statSync } from 'node:fs';
import { join } from 'node:path';
import type { Target } from '../../../config/schema/target.ts';
import { inMilliseconds } from '../../../config/time/duration.ts';
import { failureOf } from '../../../os/failure-of.ts';
import { namesIn } from '../../../os/files/names-in.ts';
import { inheritedEnvironment } from '../../../os/process/inherited-environment.ts';
import { run } from '../../../os/process/command.ts';

/** Packages that have a security update on this host. */
export interface PendingUpdates {
  /** Missing: nobody can tell, see `why`. */
  readonly security?: readonly {
    readonly name: string;
    readonly from: string;
    readonly to: string;
  }[];
  /** All updates that wait. */
  readonly all?: number;
  /** When the lists of packages were fetched last. ISO 8601, UTC. */
  readonly listsOf?: string;
  readonly why?: string;
}

const LISTS = '/var/lib/apt/lists';
/** It takes 2 to 6 s on a quiet machine. */
const TIMEOUT = 60_000;
const MAX_PACKAGES = 300;
/** `Inst name [old] (new Label:suite [arch])`: see apt-get(8), `--simulate`. */
const LINE = /^Inst (\S+)(?: \[([^\]]*)\])? \((\S+) (.*?)(?: \[[^\]]*\])?\)/;
const SUMMARY = /^\d+ upgraded, \d+ newly installed/m;
/** Debian names its security archive by its label, Ubuntu by its suite. */
const SECURITY = /Debian-Security:|-security\b/;

/** Asks apt what an upgrade would do, which changes nothing and takes no lock. That lists are old, or missing, is no all-clear. */
export async function pendingUpdates(
  { security }: Pick<Target, 'security'>,
  now = Date.now(),
): Promise<PendingUpdates> {
  const listsOf = newestList();
  try {
    const { stdout } = await run(
      'apt-get',
      [
        '-s',
        '-o',
        'Debug::NoLocking=true',
        '-o',
        'APT::Get::Show-User-Simulation-Note=false',
        'upgrade',
      ],
      { timeout: TIMEOUT, environment: { ...inheritedEnvironment(), LC_ALL: 'C' } },
    );
    if (listsOf === undefined) return { why: 'apt has no lists of packages: apt-get update' };
    const fetched = new Date(listsOf).toISOString();
    if (now - listsOf > inMilliseconds(security.updates.listsMaximumAge))
      return { listsOf: fetched, why: `The lists of packages are of ${fetched}: apt-get update` };
    if (!SUMMARY.test(stdout))
      return { listsOf: fetched, why: 'apt-get has not said what it would do' };
    return { listsOf: fetched, ...packagesIn(stdout) };
  } catch (error) {
    const failure = failureOf(error);
    return {
      why: failure.type === 'CommandMissing' ? 'There is no apt-get on this host' : failure.message,
    };
  }
}

export function packagesIn(text: string): Required<Pick<PendingUpdates, 'security' | 'all'>> {
  const found = text
    .split('\n')
    .map((line) => LINE.exec(line))
    .filter((one) => one !== null);
  const security = found
    .filter(([, , , , origin = '']) => SECURITY.test(origin))
    .map(([, name = '', from = '', to = '']) => ({ name, from, to }));
  return { security: security.slice(0, MAX_PACKAGES), all: found.length };
}

/** In ms since 1970. `partial` and `lock` say nothing of it. */
function newestList(): number | undefined {
  const times = namesIn(LISTS)
    .filter((name) => /Release$|_Packages/.test(name))
    .map((name) => statSync(join(LISTS, name), { throwIfNoEntry: false })?.ctimeMs ?? 0);
  return times.length > 0 ? Math.max(...times) : undefined;
}
