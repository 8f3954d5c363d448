import { z } from 'zod';
import type { ComposeRuntime } from '../../../../config/schema/runtime.ts';
import type { Target } from '../../../../config/schema/target.ts';
import { passing } from '../../../../os/failure.ts';
import { docker } from '../docker.ts';
import { CHECK_TIMEOUT } from '../project.ts';
import { runs } from '../restarts.ts';
import { containersOf } from '../service-containers.ts';

/** One of the containers of the application. */
export interface Replica {
  readonly id: string;
  /** As Compose counts them. */
  readonly number: number;
  readonly running: boolean;
  /** 0 while it does not run. */
  readonly pid: number;
  /** Where the proxy reaches it, such as `127.0.0.1:8502`. Missing: it does not run, or publishes no port. */
  readonly address?: string;
}

const NUMBER = 'com.docker.compose.container-number';

const Binding = z.object({ HostIp: z.string().max(100), HostPort: z.string().regex(/^\d{1,5}$/) });
const Details = z.array(
  z.object({
    Id: z.string(),
    Config: z.object({ Labels: z.record(z.string(), z.string()).nullish() }),
    NetworkSettings: z.object({
      Ports: z.record(z.string(), z.array(Binding).nullable()).nullish(),
    }),
  }),
);

/** All of them, running or not, in the order of their numbers. */
export async function replicasOf(
  { directory }: Pick<Target, 'directory'>,
  runtime: ComposeRuntime,
): Promise<Replica[]> {
  const { containers } = await containersOf(directory, runtime, runtime.service);
  if (containers.length === 0) return [];
  const ids = containers.map(({ Id }) => Id);
  const text = await docker(['inspect', '--type', 'container', ...ids], {
    timeout: CHECK_TIMEOUT,
  });
  const details = Details.safeParse(JSON.parse(text)).data;
  if (!details) throw passing('CommandFailed', '"docker inspect" answered what is not understood');
  const of = new Map(details.map((one) => [one.Id, one]));
  return containers
    .map((one): Replica => {
      const { Config, NetworkSettings } = of.get(one.Id)!;
      const address = addressIn(NetworkSettings.Ports ?? {});
      return {
        id: one.Id,
        number: Number(Config.Labels?.[NUMBER] ?? 1),
        running: runs(one),
        pid: one.State.Pid,
        ...(address !== undefined && { address }),
      };
    })
    .toSorted((a, b) => a.number - b.number);
}

/** Of the one TCP port that it publishes, by IPv4. */
function addressIn(ports: Readonly<Record<string, readonly z.infer<typeof Binding>[] | null>>) {
  const [binding] = Object.entries(ports)
    .filter(([inside]) => inside.endsWith('/tcp'))
    .flatMap(([, bindings]) => bindings ?? [])
    .filter(({ HostIp }) => !HostIp.includes(':'));
  if (!binding) return undefined;
  const everywhere = binding.HostIp === '' || binding.HostIp === '0.0.0.0';
  return `${everywhere ? '127.0.0.1' : binding.HostIp}:${binding.HostPort}`;
}
