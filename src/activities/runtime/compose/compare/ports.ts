import type { ServiceConfiguration } from './configuration.ts';
import type { InspectedContainer } from './inspected.ts';

/** What a container publishes, as `127.0.0.1:8501->8501/tcp`. */
export function portsOf({ HostConfig }: InspectedContainer): string[] {
  return Object.entries(HostConfig.PortBindings ?? {}).flatMap(([target, bindings]) =>
    (bindings ?? []).map(({ HostIp, HostPort }) => asText(HostIp, HostPort, target)),
  );
}

export function wantedPorts({ ports }: ServiceConfiguration): string[] {
  return (ports ?? []).flatMap((port) => {
    if (typeof port === 'string') return short(port);
    const { target, published = '', host_ip: address = '', protocol = 'tcp' } = port;
    return [asText(address, published, `${target}/${protocol}`)];
  });
}

/** `address:published:target/protocol`, of which only the target must be there. */
function short(text: string): string[] {
  const [rest, protocol = 'tcp'] = text.split('/') as [string, string?];
  const parts = rest.split(':');
  const target = parts.pop()!;
  const published = parts.pop() ?? '';
  return [asText(parts.join(':'), published, `${target}/${protocol}`)];
}

function asText(address: string, published: string, target: string): string {
  const everywhere = ['', '0.0.0.0'].includes(address);
  return `${everywhere ? '' : `${address.replaceAll(/[[\]]/g, '')}:`}${published}->${target}`;
}
