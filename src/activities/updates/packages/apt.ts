import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Target } from '../../../config/schema/target.ts';
import type { Updates } from '../../../config/schema/upkeep/updates.ts';
import { inMilliseconds } from '../../../config/time/duration.ts';
import { permanent } from '../../../os/failure.ts';
import { findOnSystemPath } from '../../../os/process/find-on-system-path.ts';
import { run } from '../../../os/process/command.ts';
import { allowedEnvironment } from '../../../os/process/inherited-environment.ts';

/** Nobody is there to answer, and a service is restarted by whoever decides to: it is named at the end instead. */
export const QUIET: Readonly<Record<string, string>> = {
  LC_ALL: 'C.UTF-8',
  DEBIAN_FRONTEND: 'noninteractive',
  NEEDRESTART_MODE: 'l',
  NEEDRESTART_SUSPEND: '1',
};

/** A changed configuration file stays byte for byte; the package's own lies beside it as `.dpkg-dist`. Without these the package stays half configured. */
export const KEEP_CONFIGURATION = ['--force-confdef', '--force-confold'];

/** In s: others may install, or update all, meanwhile. */
export const LOCKED_FOR = 600;

export interface Apt {
  readonly updates: Updates;
  /** Where the host's own files are. */
  readonly root: string;
  /** In ms, of each command. */
  readonly timeout: number;
  /** A command line on the host itself. */
  readonly onHost: (command: readonly string[]) => readonly string[];
  /** What `apt-get` gets: our own lists, so that neither its locks nor anybody's updates of them matter. */
  readonly options: readonly string[];
  /** Waits for a command that reads. Errors: those of commands. */
  readonly read: (command: readonly string[], cwd?: string) => Promise<string>;
}

/** Error: `NotPermitted` without root, `NotApplicable` where there is no apt. */
export function aptOf(target: Pick<Target, 'name'>, updates: Updates): Apt {
  expectRoot(target.name);
  const { root } = updates;
  // Public, and written by root alone. The one who fetches is not root, and must get there.
  const cache = `/var/cache/durable-runbooks/${target.name}`;
  if (findOnSystemPath('apt-get', root) === undefined)
    throw permanent(
      'NotApplicable',
      `There is no apt-get in "${root}": only Debian's packages are updated. Say "packages: none" in "updates"`,
    );
  for (const one of ['lists/partial', 'archives/partial'])
    mkdirSync(join(root, cache, one), { recursive: true, mode: 0o755 });
  const onHost = (command: readonly string[]) =>
    root === '/' ? command : ['chroot', root, ...command];
  const timeout = inMilliseconds(updates.timeout);
  return {
    updates,
    root,
    timeout,
    onHost,
    options: [
      '-q',
      `-oDir::State::lists=${cache}/lists`,
      `-oDir::Cache::archives=${cache}/archives`,
      '-oDir::Cache::pkgcache=',
      '-oDir::Cache::srcpkgcache=',
      // Else a dead source leaves the old lists, and apt says that all went well.
      '-oAPT::Update::Error-Mode=any',
      '-oAcquire::Retries=2',
      '-oDPkg::Use-Pty=0',
      `-oDPkg::Lock::Timeout=${LOCKED_FOR}`,
      ...KEEP_CONFIGURATION.map((one) => `-oDPkg::Options::=${one}`),
    ],
    async read(command, cwd) {
      const [file, ...args] = onHost(command);
      const environment = { ...allowedEnvironment([]), ...QUIET };
      const { stdout } = await run(file!, args, {
        timeout,
        environment,
        ...(cwd !== undefined && { cwd }),
      });
      return stdout;
    },
  };
}

function expectRoot(name: string): void {
  if (process.geteuid?.() === 0) return;
  throw permanent(
    'NotPermitted',
    `The packages of the host need root, and the worker of "${name}" is user ${process.geteuid?.()}. Serve it by a worker that is ` +
      `root (the application goes on running as its own user: docs/hardening.md), or say "packages: none" in "updates"`,
  );
}
