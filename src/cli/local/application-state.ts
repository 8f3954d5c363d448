import type { Instance } from '../../activities/runtime/instance.ts';
import { instancesOf } from '../../activities/runtime/instances-of.ts';
import { isFrozen } from '../../activities/runtime/frozen-note.ts';
import type { Target } from '../../config/schema/target.ts';
import { readContainment } from '../../state/containment.ts';
import { readStopped } from '../../state/stopped.ts';

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

/** What keeps it as it is. A record that cannot be read is told: nobody may think then that there is none. */
export function onPurpose(target: Target): string[] {
  return [
    ...told(() => readContainment(target)?.note),
    ...told(() => readStopped(target)?.note),
    ...(isFrozen(target) ? ['A run holds it still, or has been terminated while it did'] : []),
  ];
}

function told(read: () => string | undefined): string[] {
  try {
    return [read() ?? []].flat();
  } catch (error) {
    return [(error as Error).message];
  }
}
