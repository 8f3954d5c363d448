import { realpathSync } from 'node:fs';
import { z } from 'zod';
import { docker } from '../../../activities/runtime/compose/docker.ts';
import { listeningPorts } from '../../../os/process/listening-ports.ts';
import { familyOf, processTable } from '../../../os/process/process-table.ts';
import type { Found } from './found.ts';
import { portsIn } from './process-found.ts';
import { seenOf } from './seen.ts';

const TIMEOUT = 30_000;
const LABEL = 'com.docker.compose';

const Container = z.object({
  State: z.object({ Pid: z.number().int(), Running: z.boolean() }),
  Config: z.object({ Labels: z.record(z.string(), z.string()).nullish() }),
  Mounts: z.array(z.object({ Source: z.string().default(''), Destination: z.string() })),
  HostConfig: z.object({ NetworkMode: z.string().default('') }),
  NetworkSettings: z.object({
    Ports: z.record(z.string(), z.array(z.object({ HostPort: z.string() })).nullable()).nullish(),
  }),
});
type Container = z.infer<typeof Container>;

/** The running services of the Compose project that was started in a directory. Errors: those of Docker. */
export async function servicesFound(directory: string): Promise<Found[]> {
  const filter = `label=${LABEL}.project.working_dir=${realpathSync(directory)}`;
  const options = { timeout: TIMEOUT };
  const ids = (await docker(['ps', '-q', '--no-trunc', '--filter', filter], options)).trim();
  if (ids === '') return [];
  const text = await docker(['inspect', '--type', 'container', ...ids.split('\n')], options);
  const containers = z.array(Container).parse(JSON.parse(text));
  const services = [...new Set(containers.map(serviceOf))].toSorted();
  return containers
    .filter(({ State }) => State.Running && State.Pid > 0)
    .map((container) => foundIn(container, directory, services));
}

function foundIn(container: Container, directory: string, services: readonly string[]): Found {
  const { State, HostConfig, NetworkSettings, Mounts } = container;
  const family = familyOf(State.Pid, processTable());
  const published = Object.values(NetworkSettings.Ports ?? {}).flatMap(
    (bindings) => bindings ?? [],
  );
  const service = serviceOf(container);
  return {
    directory,
    runtime: { kind: 'compose', service, others: services.filter((one) => one !== service) },
    pid: State.Pid,
    ports:
      HostConfig.NetworkMode === 'host'
        ? portsIn(listeningPorts(family))
        : [...new Set(published.map(({ HostPort }) => Number(HostPort)))],
    ...seenOf(family, (path) => hostPath(path, Mounts)),
  };
}

function serviceOf({ Config }: Container): string {
  return Config.Labels?.[`${LABEL}.service`] ?? '';
}

/** By the mount that is nearest to it. What lies in the container itself is gone with it: it has no path here. */
function hostPath(path: string, mounts: Container['Mounts']): string | undefined {
  const over = mounts
    .filter(({ Source, Destination }) => Source !== '' && path.startsWith(`${Destination}/`))
    .toSorted((one, other) => other.Destination.length - one.Destination.length);
  const [nearest] = over;
  return nearest && `${nearest.Source}${path.slice(nearest.Destination.length)}`;
}
