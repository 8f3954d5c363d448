import type { Target } from '../../config/schema/target.ts';
import { composeInstances } from './compose/compose-instances.ts';
import type { Instances } from './instance.ts';
import { processInstances } from './process/process-instances.ts';

/** All that a target runs, the application first. Errors: `ProjectUnclear`, and those of Docker. */
export async function instancesOf(target: Target): Promise<Instances> {
  const { runtime } = target;
  return runtime.kind === 'compose'
    ? composeInstances(target.directory, runtime)
    : processInstances(target, runtime);
}
