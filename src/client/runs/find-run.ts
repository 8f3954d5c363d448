import { type Client, WorkflowNotFoundError } from '@temporalio/client';
import { countText } from '../../config/text/count-text.ts';
import { outermost } from '../../config/run-id.ts';
import { UsageError } from '../../config/usage-error.ts';
import { listRuns } from './list-runs.ts';

/** Which run a part of an id means when it is in several: who reads means the newest, who acts the one that is open. */
type Meant = 'newest' | 'open';

/**
 * The id of the run that a person means by any part of it; a run in plan mode only by its whole id. Error: `UsageError` when there is
 * none, and when several are open of which one is to be acted on.
 */
export async function findRun(client: Client, part: string, meant: Meant): Promise<string> {
  const run = await findRunIfAny(client, part, meant);
  if (run === undefined) throw new UsageError(`Cannot find a run "${part}"`, 'runbook runs');
  return run;
}

/** Undefined: Temporal knows none, or no longer. */
export async function findRunIfAny(
  client: Client,
  part: string,
  meant: Meant,
): Promise<string | undefined> {
  if (await exists(client, part)) return part;
  const { runs } = await listRuns(client, {});
  const found = runs.filter(({ run }) => run.includes(part));
  const [newest] = outermost(found.map(({ run }) => run));
  if (meant === 'newest') return newest;
  const open = outermost(found.flatMap(({ run, closedAt }) => (closedAt ? [] : [run])));
  if (open.length <= 1) return open[0] ?? newest;
  throw new UsageError(
    `"${part}" means ${countText(open.length, 'open run')}: ${open.slice(0, 5).join(', ')}${open.length > 5 ? ', ...' : ''}`,
    'the whole id of one of them',
  );
}

async function exists(client: Client, id: string): Promise<boolean> {
  try {
    await client.workflow.getHandle(id).describe();
    return true;
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return false;
    throw error;
  }
}
