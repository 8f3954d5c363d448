import { readFileSync } from 'node:fs';
import { z } from 'zod';
import type { ComposeRuntime } from '../../../config/schema/runtime.ts';
import { listeningPorts } from '../../../os/process/listening-ports.ts';
import { memoryOf } from '../../../os/process/memory-of.ts';
import { familyOf, processTable } from '../../../os/process/process-table.ts';
import type { Instance, Instances } from '../instance.ts';
import { findContainers, type ProjectContainer } from './containers.ts';
import { docker } from './docker.ts';
import { CHECK_TIMEOUT } from './project.ts';
import { isUp, restartsAgain, runs, stateText } from './restarts.ts';

const Binding = z.object({ HostIp: z.string().default(''), HostPort: z.string().default('') });

/** What only people want to know of a container. */
const Details = z.object({
  Id: z.string(),
  Name: z.string().max(300).default(''),
  Config: z.object({ Image: z.string().max(500).default('') }),
  State: z.object({ Health: z.object({ Status: z.string().max(50) }).nullish() }),
  NetworkSettings: z.object({ Ports: z.record(z.string(), z.array(Binding).nullable()).nullish() }),
});
type Details = z.infer<typeof Details>;

/** Every container of the project, the application's first. One that is not there is told as a line, too. */
export async function composeInstances(
  directory: string,
  runtime: ComposeRuntime,
): Promise<Instances> {
  const { containers, notes } = await findContainers(directory, runtime);
  const details = await detailsOf(containers);
  const found = containers.map((one) => instanceOf(one, details.get(one.Id), runtime.service));
  const byName = found.toSorted(
    (one, other) =>
      Number(other.isApplication) - Number(one.isApplication) ||
      one.service.localeCompare(other.service) ||
      one.name.localeCompare(other.name),
  );
  const isThere = byName.some(({ isApplication }) => isApplication);
  return { instances: isThere ? byName : [absent(runtime.service), ...byName], notes };
}

function absent(service: string): Instance {
  return {
    service,
    isApplication: true,
    name: '',
    state: 'no container',
    running: false,
    ports: [],
  };
}

async function detailsOf(containers: readonly ProjectContainer[]): Promise<Map<string, Details>> {
  if (containers.length === 0) return new Map();
  const ids = containers.map(({ Id }) => Id);
  const options = { timeout: CHECK_TIMEOUT };
  // One that was removed meanwhile is told without them.
  const text = await docker(['inspect', '--type', 'container', ...ids], options).catch(() => '[]');
  const parsed = z.array(Details).safeParse(JSON.parse(text));
  return new Map((parsed.data ?? []).map((one) => [one.Id, one]));
}

function instanceOf(
  container: ProjectContainer,
  details: Details | undefined,
  application: string,
): Instance {
  const { Id, State, RestartCount, service } = container;
  const pids = pidsOf(Id, State.Pid);
  const memory = memoryOf(pids);
  const published = publishedPorts(details);
  return {
    service,
    isApplication: service === application,
    name: details?.Name.replace(/^\//, '') ?? Id.slice(0, 12),
    state: stateOf(container, details),
    running: runs(container),
    ...(State.Pid > 0 && { pid: State.Pid }),
    ...(isUp(container) && State.StartedAt && { since: State.StartedAt }),
    restarts: RestartCount,
    ...(details && { image: details.Config.Image }),
    ports: published.length > 0 ? published : listeningPorts(pids),
    ...(memory !== undefined && { memory }),
  };
}

/** In a word where it runs: pid and start have columns of their own. */
function stateOf(container: ProjectContainer, details: Details | undefined): string {
  if (!container.State.Running || restartsAgain(container)) return stateText(container);
  const health = details?.State.Health?.Status;
  const word = container.State.Paused ? 'held still' : 'running';
  return health && health !== 'none' ? `${word}, ${health}` : word;
}

function publishedPorts(details: Details | undefined): string[] {
  const ports = Object.entries(details?.NetworkSettings.Ports ?? {});
  return ports.flatMap(([inside, bindings]) =>
    (bindings ?? []).map(({ HostIp, HostPort }) => `${HostIp || '*'}:${HostPort}->${inside}`),
  );
}

/** Docker's number may be that of another machine, or of another container: then the process is a stranger here. */
function pidsOf(container: string, pid: number): number[] {
  if (pid <= 0) return [];
  try {
    const isOurs = readFileSync(`/proc/${pid}/cgroup`, 'utf8').includes(container);
    return isOurs ? familyOf(pid, processTable()) : [];
  } catch {
    return [];
  }
}
