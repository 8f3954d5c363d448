import { countText } from '../../../../config/text/count-text.ts';
import { databaseText } from '../../../../config/load/database-text.ts';
import type { ComposeRuntime } from '../../../../config/schema/runtime.ts';
import { isPostgres, type Target } from '../../../../config/schema/target.ts';
import { permanent } from '../../../../os/failure.ts';
import type { ServiceConfiguration } from '../compare/configuration.ts';

/** Demands what needs no look: a database for many writers, containers, and a proxy before them. Error: `NotApplicable`. */
export function expectReplicable(target: Target): ComposeRuntime {
  const { runtime, name, proxy } = target;
  if (!isPostgres(target))
    throw permanent(
      'NotApplicable',
      `SQLite does not support multiple writers: replicas need a database that does, and migrate-to-postgres comes first`,
    );
  if (runtime.kind !== 'compose')
    throw permanent(
      'NotApplicable',
      `"${name}" is no service of Docker Compose: replicas of ${runtime.kind === 'systemd' ? 'a unit of systemd' : 'a process'} are not made. Its database is ${databaseText(target.database)}, so that containers can be`,
    );
  if (!proxy?.replicas)
    throw permanent(
      'NotApplicable',
      `Nothing stands before "${name}" that could let users through to several: add "proxy.replicas" to its file, see docs/lifecycle.md`,
    );
  return runtime;
}

/** Demands that Compose can make so many: each needs a port of its own. Error: `NotApplicable`. */
export function expectPorts(service: ServiceConfiguration, name: string, wanted: number): void {
  if (service.container_name != null)
    throw permanent(
      'NotApplicable',
      `Service "${name}" has a "container_name", which only one container can have: take it out of its Compose file`,
    );
  const published = (service.ports ?? []).map(publishedOf).filter(({ tcp }) => tcp);
  if (published.length !== 1)
    throw permanent(
      'NotApplicable',
      published.length === 0
        ? `Service "${name}" publishes no port by which the proxy could tell its replicas apart: publish a range, such as "127.0.0.1:8501-8509:8501"`
        : `Service "${name}" publishes ${published.length} ports, and which the proxy means is not known: publish one range`,
    );
  const { ports } = published[0]!;
  if (ports === undefined || ports >= wanted) return;
  throw permanent(
    'NotApplicable',
    ports === 1
      ? `Service "${name}" publishes one port of the host, which only one container can have: publish a range in its place, such as "127.0.0.1:8501-8509:8501", and make its container anew with docker compose up -d`
      : `Service "${name}" publishes ${countText(ports, 'port')}, and ${wanted} replicas need as many: widen the range`,
  );
}

/** How many ports of the host one line of `ports` asks for. Undefined: Docker chooses any that is free. */
function publishedOf(port: NonNullable<ServiceConfiguration['ports']>[number]) {
  if (typeof port !== 'string')
    return {
      tcp: (port.protocol ?? 'tcp') === 'tcp',
      ports: port.published === undefined ? undefined : widthOf(port.published),
    };
  const [text = '', protocol = 'tcp'] = port.split('/');
  const parts = text.replace(/^\[[^\]]*\]:/, '').split(':');
  const outside = parts.length > 1 ? parts.at(-2)! : '';
  return { tcp: protocol === 'tcp', ports: outside === '' ? undefined : widthOf(outside) };
}

function widthOf(range: string): number {
  const [from, to = from] = range.split('-').map(Number);
  return (to ?? 0) - (from ?? 0) + 1;
}
