import type { StepSystems } from '../activities/index.ts';

interface Up {
  /** Whether it did not run before. */
  readonly changed: boolean;
  /** ISO 8601, UTC. */
  readonly readyAt: string;
}

/** Starts the application, unless it runs, and waits until it is ready. */
export async function bringUp({
  runtime,
  http,
}: Pick<StepSystems, 'runtime' | 'http'>): Promise<Up> {
  const { changed } = await runtime.start();
  const { readyAt } = await http.expectReady();
  return { changed, readyAt };
}
