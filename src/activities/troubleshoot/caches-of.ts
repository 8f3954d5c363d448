import type { Target } from '../../config/schema/target.ts';
import { redisActivities } from '../redis/redis-activities.ts';

export interface Caches {
  /** Which of them can be emptied from here. */
  readonly clearable: readonly string[];
  /** What is wrong with one: sentences. */
  readonly concerns: readonly string[];
}

/** What the application keeps so as not to work it out again. */
export async function cachesOf(target: Target): Promise<Caches> {
  const { cache, app } = target;
  const { reachable, note } = await redisActivities(target).inspect();
  return {
    clearable: [
      ...(cache && reachable ? [`its keys in Redis, "${cache.scope}"`] : []),
      ...(app.kind === 'streamlit' ? ["Streamlit's caches, of all its users"] : []),
    ],
    concerns: reachable ? [] : [note],
  };
}
