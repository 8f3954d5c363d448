import type { Target } from '../../config/schema/target.ts';
import { composeInstances } from './compose/compose-instances.ts';
import type { Instances } from './instance.ts';
import { processInstances } from './process/process-instances.ts';
import { systemdInstances } from './systemd/systemd-instances.ts';

/** All that a target runs, the application first. Errors: `ProjectUnclear`, and those of Docker and systemd. */
export async function instancesOf(target: Target): Promise<Instances> {
  const { runtime } = target;
  switch (runtime.kind) {
    case 'compose':
      return composeInstances(target.directory, runtime);
    case 'process':
      return processInstances(target, runtime);
    case 'systemd':
      return systemdInstances(target, runtime);
  }
}
