import type { ComposeRuntime } from '../../../../config/schema/runtime.ts';
import type { Target } from '../../../../config/schema/target.ts';
import { passing, permanent } from '../../../../os/failure.ts';
import { resolveConfiguration, type ServiceConfiguration } from '../compare/configuration.ts';
import { type InspectedContainer, inspectContainers } from '../compare/inspected.ts';
import { onProject } from '../project.ts';
import { containersOf } from '../service-containers.ts';

/** Errors: `NotReady`, when there is none; `NotApplicable`; those of Docker. */
export async function limitedContainers(
  { directory }: Pick<Target, 'directory'>,
  runtime: ComposeRuntime,
): Promise<readonly InspectedContainer[]> {
  const made = await allContainers({ directory }, runtime);
  if (made.length === 0)
    throw passing('NotReady', `Service "${runtime.service}" has no container: start-application`);
  if (made.some(({ HostConfig }) => HostConfig.CpuQuota > 0))
    throw permanent(
      'NotApplicable',
      `Its container has "cpu_quota", which excludes "cpus": take it out of its Compose file, and make the container anew with docker compose up -d`,
    );
  return made;
}

/** None where none was made yet. */
export async function allContainers(
  { directory }: Pick<Target, 'directory'>,
  runtime: ComposeRuntime,
): Promise<InspectedContainer[]> {
  const { containers } = await containersOf(directory, runtime, runtime.service);
  return inspectContainers(containers.map(({ Id }) => Id));
}

/** What Compose makes of it by all its files. Errors: `ServiceUnknown`, and those of Compose. */
export async function resolvedService(
  { directory }: Pick<Target, 'directory'>,
  runtime: ComposeRuntime,
): Promise<ServiceConfiguration> {
  const { services } = await resolveConfiguration(onProject(directory, runtime));
  const service = services[runtime.service];
  if (service) return service;
  throw permanent('ServiceUnknown', `No such service: "${runtime.service}"`);
}
