import { type Client, WorkflowNotFoundError } from '@temporalio/client';
import { countText } from '../../config/text/count-text.ts';
import { outermost } from '../../config/run-id.ts';
import { UsageError } from '../../config/usage-error.ts';
import { listRuns } from './list-runs.ts';

/** The id of the run that a person means by any part of it. Error: `UsageError` when there is none, or more than one. */
export async function findRun(client: Client, part: string): Promise<string> {
  const run = await findRunIfAny(client, part);
  if (run === undefined) throw new UsageError(`Cannot find a run "${part}"`, 'runbook runs');
  return run;
}

/** Undefined: Temporal knows none, or no longer. */
export async function findRunIfAny(client: Client, part: string): Promise<string | undefined> {
  if (await exists(client, part)) return part;
  const ids = (await listRuns(client, {})).runs.map(({ run }) => run);
  const found = outermost(ids.filter((id) => id.includes(part)));
  if (found.length <= 1) return found[0];
  throw new UsageError(
    `"${part}" means ${countText(found.length, 'run')}: ${found.slice(0, 5).join(', ')}${found.length > 5 ? ', ...' : ''}`,
    `runbook report ${found[0]}`,
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
