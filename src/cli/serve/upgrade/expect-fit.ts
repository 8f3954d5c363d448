import type { Client } from '@temporalio/client';
import type { WorkflowBundleOption } from '@temporalio/worker';
import { unreachableErrorOf } from '../../../client/connection/unreachable-error-of.ts';
import { countText } from '../../../config/text/count-text.ts';
import { UsageError } from '../../../config/usage-error.ts';
import { version } from '../../../config/version.ts';
import { checkUpgrade, fitsAll, type UpgradeCheck } from '../../../worker/upgrade/check-upgrade.ts';
import { say } from '../../output/say.ts';
import { checkHint, checkLines } from './check-lines.ts';

interface Options {
  readonly bundle: () => Promise<WorkflowBundleOption>;
  /** True: it serves whatever does not go on. */
  readonly force: boolean;
  /** In ms, for each answer of Temporal. */
  readonly limit?: number;
}

/** A server that answers at all does so long before. */
const LIMIT = 10_000;
const SHOWN = 20;

/**
 * Before a worker serves: whether this version carries on what is open. What its own build has decided alone needs no look, so one that starts
 * again asks for a list, and no more. Error: `UsageError`, which names what does not fit and the version to start. A server that does not
 * answer keeps nobody from serving.
 */
export async function expectFit(
  client: Client,
  { bundle, force, limit = LIMIT }: Options,
): Promise<void> {
  let found: UpgradeCheck;
  try {
    found = await checkUpgrade(client, { bundle, passOwn: true, limit, begins });
  } catch (error) {
    const { message } = unreachableErrorOf(error, client) ?? (error as Error);
    return say(`Warning: whether this version carries on what is open is not known: ${message}`);
  }
  if (found.unread.length > 0) say(...shown(checkLines({ ...found, misfits: [], lacking: [] })));
  if (fitsAll(found)) return;
  say(...shown(checkLines({ ...found, unread: [] })));
  if (force) return say('Warning: serving all the same (--force): they will stand still');
  const count = new Set([...found.misfits, ...found.lacking].map(({ run }) => run)).size;
  throw new UsageError(
    `Version ${version} would leave ${countText(count, 'open run')} standing still`,
    `${checkHint(found)}; --force serves all the same`,
  );
}

function begins(count: number): void {
  say(
    `Replaying ${countText(count, 'open run')}, to see that this version carries on what others have begun`,
  );
}

function shown(lines: readonly string[]): string[] {
  if (lines.length <= SHOWN) return [...lines];
  return [...lines.slice(0, SHOWN), `and ${lines.length - SHOWN} more: runbook upgrade check`];
}
