import { existsSync } from 'node:fs';
import type { Target } from '../../../config/schema/target.ts';
import { failureOf } from '../../../os/failure-of.ts';
import { keepsOurRights } from '../../../os/owner/keeps-our-rights.ts';
import { ownerOf } from '../../../os/owner/owner-of.ts';

/** Why what a worker of this user starts for the application has root's rights, or cannot be started, as a sentence. None where it has a user of its own. */
export function rootApplication(target: Target): string[] {
  const { runtime, directory, runsAs } = target;
  if (runtime.kind !== 'process' || !existsSync(directory)) return [];
  if (process.geteuid?.() !== 0 || keepsOurRights(runtime.command)) return [];
  try {
    if (ownerOf(target) !== undefined || runsAs.user !== undefined) return [];
  } catch (error) {
    return [failureOf(error).message];
  }
  return [
    `Your application runs as root, because "${directory}" belongs to root: give it to a user of its own, or name one in "runsAs.user"`,
  ];
}
