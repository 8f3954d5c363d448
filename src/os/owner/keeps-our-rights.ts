import { basename, dirname } from 'node:path';

/** Only those of the system: one in the application's directory is the application's. */
const SYSTEM = ['/bin', '/sbin', '/usr/bin', '/usr/sbin', '/usr/local/bin', '/usr/local/sbin'];

/**
 * Whether a command has to begin with our rights: it changes to its user itself, or asks a daemon for a container, which has a user of its own.
 * Whoever may ask that daemon is as good as root, so that the application's user is no more than he is.
 */
export function keepsOurRights([program = '', ...rest]: readonly string[]): boolean {
  const name = basename(program);
  if (program !== name && !SYSTEM.includes(dirname(program))) return false;
  if (name === 'setpriv') return rest.some((word) => /^--re?uid(=|$)/.test(word));
  return /^(runuser|sudo|su|gosu|su-exec|docker|docker-compose|podman|nerdctl)$/.test(name);
}
