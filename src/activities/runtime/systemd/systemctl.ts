import type { ApplicationFailure } from '@temporalio/common';
import { failureOf } from '../../../os/failure-of.ts';
import { passing, permanent } from '../../../os/failure.ts';
import { run } from '../../../os/process/command.ts';
import { inheritedEnvironment } from '../../../os/process/inherited-environment.ts';

/** What is only looked up, and what is only ordered, takes milliseconds. */
export const CALL_TIMEOUT = 30_000;

const QUIET = ['--system', '--no-ask-password', '--no-pager'];

/**
 * Talks to the systemd of this host. Errors: `SystemdMissing` and `NotPermitted` for good; `SystemdUnreachable`, `CommandTimeout`,
 * `CommandFailed` may pass.
 */
export async function systemctl(
  [verb, ...args]: readonly [string, ...string[]],
  timeout = CALL_TIMEOUT,
): Promise<string> {
  return outputOf('systemctl', [...QUIET, verb, ...args], timeout);
}

export async function journalctl(args: readonly string[]): Promise<string> {
  return outputOf('journalctl', ['--no-pager', '--quiet', ...args], CALL_TIMEOUT);
}

async function outputOf(file: string, args: readonly string[], timeout: number): Promise<string> {
  try {
    return (await run(file, args, { timeout, environment: plainEnvironment() })).stdout;
  } catch (error) {
    throw systemdFailureOf(failureOf(error), file);
  }
}

/** In one language, without colours and pagers, and about this host's systemd, whatever the worker's environment says. */
function plainEnvironment(): NodeJS.ProcessEnv {
  const kept = Object.entries(inheritedEnvironment()).filter(
    ([name]) => !/^(SYSTEMD_|LC_|LANG$|LANGUAGE$|PAGER$|DBUS_)/.test(name),
  );
  return { ...Object.fromEntries(kept), LC_ALL: 'C', SYSTEMD_COLORS: '0' };
}

const UNREACHABLE =
  /not been booted with systemd|failed to connect to bus|connection (reset|timed out)|transport endpoint|host is down/i;
const FORBIDDEN =
  /access denied|interactive authentication required|permission denied|not authorized/i;

function systemdFailureOf(failure: ApplicationFailure, file: string): ApplicationFailure {
  const { type, message } = failure;
  if (type === 'CommandMissing')
    return permanent(
      'SystemdMissing',
      `Cannot find "${file}": this host is not run by systemd. Try: "runtime.kind" process or compose`,
    );
  if (type !== 'CommandFailed') return failure;
  if (FORBIDDEN.test(message))
    return permanent(
      'NotPermitted',
      `Only root may do that to a unit of systemd, and this worker is user ${process.getuid?.()}. Try: run the worker as root, or let a rule of polkit allow it. ${message}`,
    );
  if (UNREACHABLE.test(message))
    return passing('SystemdUnreachable', `systemd does not answer on this host: ${message}`);
  return failure;
}
