import { join } from 'node:path';
import { type Client, WorkflowNotFoundError } from '@temporalio/client';
import { isOpenRun } from '../../client/runs/is-open-run.ts';
import { hasDowntime, mayTakeDown, takesDown } from '../../client/runs/takes-down.ts';
import { viewRun } from '../../client/runs/view-run.ts';
import type { Target } from '../../config/schema/target.ts';
import { places, reading } from '../../state/claim-database.ts';

/** A run that does not say how far it is must not keep people from hearing of the rest. */
const LIMIT_MILLISECONDS = 4000;

/** Whether a run keeps the application down now: it sees to it that it starts, and pages when it does not. */
export async function isTakenDown(client: Client, { state }: Target): Promise<boolean> {
  // Where that cannot be read, such as on a full disk, nothing is held back.
  const holders = await reading(join(state, 'claim.db'), places).catch(() => []);
  const taking = holders.filter(({ holder }) => mayTakeDown(runbookOf(holder)));
  const down = await Promise.all(taking.map(({ holder }) => isDownBy(client, holder)));
  return down.includes(true);
}

async function isDownBy(client: Client, run: string): Promise<boolean> {
  try {
    if (!hasDowntime(runbookOf(run))) return await isOpenRun(client, run);
    const until = Date.now() + LIMIT_MILLISECONDS;
    return takesDown(await client.withDeadline(until, () => viewRun(client, run)));
  } catch (error) {
    // What does not say so may have done it.
    return !(error instanceof WorkflowNotFoundError);
  }
}

/** A part of a run may take down what the run itself may. */
function runbookOf(run: string): string {
  const [first, , ...rest] = run.split('/');
  return first === 'incident' ? rest.at(-1)! : first!;
}
