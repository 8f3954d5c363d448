import type { StepSystems } from '../../activities/index.ts';
import type { Contained } from '../../state/containment.ts';

interface Up {
  /** Whether it did not run before. */
  readonly changed: boolean;
  /** ISO 8601, UTC. When it is contained: when that was found. */
  readonly readyAt: string;
  /** It stays down. */
  readonly contained?: Contained;
}

/** Starts the application, unless it runs, and waits until it is ready. One that is contained stays down. */
export async function startUntilReady({
  runtime,
  http,
}: Pick<StepSystems, 'runtime' | 'http'>): Promise<Up> {
  const { changed, contained } = await runtime.start();
  if (contained) return { changed, contained, readyAt: new Date().toISOString() };
  const { readyAt } = await http.expectReady();
  return { changed, readyAt };
}
