import type { StartRequest } from '../../src/client/runs/start-run.ts';
import { viewRun } from '../../src/client/runs/view-run.ts';
import type { Ending } from '../../src/engine/run/ending.ts';
import type { Runs } from './run.ts';

type Play = (runbook: string, input?: object, how?: Partial<StartRequest>) => Promise<Ending>;

/** Several runs, one after the other: a worker for each would take longer to start than they take. */
export async function onOneWorker<Result>(
  runs: Runs,
  use: (play: Play) => Promise<Result>,
): Promise<Result> {
  const worker = await runs.serve();
  try {
    return await use(async (runbook, input, how) => {
      const run = await runs.start(runbook, input, how);
      await runs.client.workflow
        .getHandle(run)
        .result()
        .catch(() => {});
      const { ending } = await viewRun(runs.client, run);
      if (!ending) throw new Error(`"${run}" has no ending`);
      return ending;
    });
  } finally {
    await worker.stop();
  }
}
