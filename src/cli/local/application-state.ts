import type { Instance } from '../../activities/runtime/instance.ts';
import { instancesOf } from '../../activities/runtime/instances-of.ts';
import type { Target } from '../../config/schema/target.ts';
import { onPurpose } from './on-purpose.ts';

/** How a target's application stands, as it is seen on its own host. */
export interface ApplicationState {
  readonly target: string;
  readonly running: boolean;
  readonly instances: readonly Instance[];
  /** Why it stands so, and what people should know: sentences. */
  readonly notes: readonly string[];
}

/** Looks at processes, containers and the state directory; changes nothing. Errors: `ProjectUnclear`, and those of Docker. */
export async function applicationState(target: Target): Promise<ApplicationState> {
  const { instances, notes } = await instancesOf(target);
  return {
    target: target.name,
    running: instances.some(({ isApplication, running }) => isApplication && running),
    instances,
    notes: [...onPurpose(target), ...notes],
  };
}
