import type { Client } from '@temporalio/client';
import { listRuns } from '../list-runs.ts';
import { type RunView, retries } from '../view-run.ts';

/** More than wait at once of one target. */
const MAX_LOOKED_AT = 100;

/** Why a run waits for the place where it began, as whoever serves the target now says it. Undefined: it does not. */
export function whyMisplaced({ retrying }: Pick<RunView, 'retrying'>): string | undefined {
  return retrying.find(({ activity }) => activity === 'target.locate')?.message;
}

/** The open runs of a target that wait for the place where they began: another one serves it now. */
export async function misplacedRuns(
  client: Client,
  target: string,
): Promise<{ readonly run: string; readonly reason: string }[]> {
  const { runs } = await listRuns(client, { target, states: ['running'], limit: MAX_LOOKED_AT });
  const all = await Promise.all(
    runs.map(async ({ run }) => {
      const retrying = retries(await client.workflow.getHandle(run).describe());
      return { run, reason: whyMisplaced({ retrying }) };
    }),
  );
  return all.flatMap(({ run, reason }) => (reason === undefined ? [] : [{ run, reason }]));
}
