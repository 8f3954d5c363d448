import { viewRun } from '../../src/client/runs/view-run.ts';
import type { Ending } from '../../src/engine/run/ending.ts';
import type { Runs } from './run.ts';

/** How a run ends, once it has. Error: it ended without an ending of its own. */
export async function endingOf({ client }: Pick<Runs, 'client'>, run: string): Promise<Ending> {
  await client.workflow
    .getHandle(run)
    .result()
    .catch(() => {});
  const { ending, status } = await viewRun(client, run);
  if (!ending) throw new Error(`"${run}" ended as ${status}, without an ending`);
  return ending;
}
