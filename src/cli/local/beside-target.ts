import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Target } from '../../config/schema/target.ts';
import { UsageError } from '../../config/usage-error.ts';
import { withPlaces } from '../../os/files/held/places.ts';
import { appendToAudit } from '../../state/audit-log.ts';
import { exclusively } from '../../state/claim-database.ts';
import { say } from '../output/say.ts';

interface Deed {
  /** For the audit: `pinned`, ... */
  readonly what: string;
  /** Such as a backup's id. */
  readonly about: string;
  readonly by: string;
  readonly reason?: string | undefined;
}

const TIMEOUT_MILLISECONDS = 1000;

/**
 * Does one small durable thing beside the target while no activity of any run acts on it: it is done before that, or after. It is
 * no run, because it has nothing to wait for, to undo or to resume, and must also be possible when Temporal is down.
 */
export async function besideTarget<Result>(
  target: Target,
  work: () => Result | Promise<Result>,
  deed?: Deed,
): Promise<Result> {
  expectHere(target);
  const waiting = setTimeout(
    () => say(`Waiting: a run is just acting on "${target.name}"`),
    TIMEOUT_MILLISECONDS,
  );
  try {
    return await exclusively(join(target.state, 'claim.db'), async () => {
      clearTimeout(waiting);
      const result = await withPlaces(async () => work());
      if (deed) note(target, deed);
      return result;
    });
  } finally {
    clearTimeout(waiting);
  }
}

/** Error: `UsageError` on another host than the target's. */
export function expectHere({ name, directory }: Target): void {
  if (!existsSync(directory))
    throw new UsageError(
      `Cannot find "${directory}": it is not on this host`,
      `the same on the host of "${name}"`,
    );
}

function note(target: Target, { about, ...event }: Deed): void {
  appendToAudit(target, [{ at: new Date().toISOString(), run: about, ...event }]);
}
