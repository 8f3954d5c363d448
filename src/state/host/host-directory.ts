import { lstatSync, realpathSync } from 'node:fs';
import { dirname, isAbsolute, join } from 'node:path';
import { environment } from '../../config/environment.ts';
import { permanent } from '../../os/failure.ts';
import { ensurePrivate } from '../../os/files/ensure-private.ts';
import { isOursAlone, whoMayLead } from '../../os/files/held/who-may-lead.ts';
import { isThere } from '../../os/files/file-facts.ts';

const DEFAULT = '/var/lib/durable-runbooks';

/**
 * What is of the host itself, and not of one of its targets: its claim, the packages that were kept, blocks of its firewall. One directory
 * for all targets of a host: `RUNBOOK_HOST_DIRECTORY`, or `/var/lib/durable-runbooks`. It need not be there.
 */
export function hostDirectory(): string {
  const named = environment().hostDirectory ?? DEFAULT;
  if (isAbsolute(named)) return named;
  throw permanent(
    'StateUnusable',
    `RUNBOOK_HOST_DIRECTORY is "${named}": it must be an absolute path, such as "${DEFAULT}"`,
  );
}

/**
 * Makes it, or a directory in it (`parts`), open to its owner alone (0700), and answers the real path. What lies there is done by root, so
 * nobody else may be able to change it: no directory above it may let others in, either.
 * Errors: `NotPermitted` without the right to make it, `StateUnusable` where others could change what lies there.
 */
export function ensureHostDirectory(...parts: readonly string[]): string {
  const directory = join(hostDirectory(), ...parts);
  try {
    // Before anything is made: nothing of ours is to lie behind somebody else's link.
    expectOurs(directory);
    ensurePrivate(directory);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code !== 'EACCES' && code !== 'EPERM' && code !== 'EROFS') throw error;
    throw permanent(
      'NotPermitted',
      `Cannot make "${directory}" (${code}): what changes the host needs root. Serve this target by a worker that runs as root, ` +
        `or name a directory of its own user as RUNBOOK_HOST_DIRECTORY`,
    );
  }
  const real = realpathSync(directory);
  expectOurs(real);
  if (!isOursAlone(lstatSync(real))) throw unusable(real);
  return real;
}

/** Each directory above it lets nobody but us, and root, make or move the next. */
function expectOurs(path: string): void {
  const above = dirname(path);
  if (above === path) return;
  expectOurs(above);
  if (!isThere(path)) return;
  if (whoMayLead(lstatSync(realpathSync(above)), lstatSync(path)) !== 'us') throw unusable(above);
}

function unusable(directory: string): Error {
  return permanent(
    'StateUnusable',
    `Others than root can change what lies in "${directory}", so that nothing there can be believed: make it yours alone (chown root, ` +
      `chmod go-w), or name another directory as RUNBOOK_HOST_DIRECTORY`,
  );
}
