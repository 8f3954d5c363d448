import { resolve } from 'node:path';
import type { Configuration, ServiceConfiguration } from './configuration.ts';
import type { InspectedContainer } from './inspected.ts';

/** Binds and named volumes of a container, as `/host/path:/path (ro)`. What Compose adds for itself does not count. */
export function mountsOf(service: ServiceConfiguration, container: InspectedContainer): string[] {
  const added = addedByCompose(service);
  return (container.Mounts ?? [])
    .filter(({ Destination }) => !added.some((path) => isIn(path, Destination)))
    .flatMap(({ Type, Name, Source, Destination, RW }) => {
      if (Type === 'bind') return [asText(resolve(Source), Destination, RW)];
      const isNamed = Type === 'volume' && Name !== undefined && !/^[0-9a-f]{64}$/.test(Name);
      return isNamed ? [asText(Name, Destination, RW)] : [];
    });
}

/** As `mountsOf`, of what Compose resolves. A volume without a name of its own bears the project's. */
export function wantedMounts(
  { volumes }: Configuration,
  service: ServiceConfiguration,
  project: string,
): string[] {
  return (service.volumes ?? []).flatMap((volume) => {
    const { source, target, writable } = typeof volume === 'string' ? short(volume) : long(volume);
    if (source === undefined) return [];
    if (source.startsWith('/')) return [asText(resolve(source), target, writable)];
    const name = volumes?.[source]?.name ?? `${project}_${source}`;
    return [asText(name, target, writable)];
  });
}

interface Mount {
  readonly source: string | undefined;
  readonly target: string;
  readonly writable: boolean;
}

/** `source:target:mode`, or a target alone: an anonymous volume. */
function short(text: string): Mount {
  const [source, target, mode = ''] = text.split(':') as [string, string?, string?];
  if (target === undefined) return { source: undefined, target: source, writable: true };
  return { source, target, writable: !mode.split(',').includes('ro') };
}

function long({
  type,
  source,
  target,
  read_only: readOnly = false,
}: Exclude<NonNullable<ServiceConfiguration['volumes']>[number], string>): Mount {
  const named = type === 'bind' || type === 'volume' ? source : undefined;
  return { source: named, target, writable: !readOnly };
}

function addedByCompose({
  secrets,
  configs,
  volumes_from: others,
}: ServiceConfiguration): string[] {
  if (others?.length) return ['/'];
  const uses = [...(secrets ?? []), ...(configs ?? [])];
  return [
    '/run/secrets',
    ...uses.map((use) => {
      const target = typeof use === 'string' ? use : (use.target ?? use.source);
      return resolve('/', target);
    }),
  ];
}

function isIn(directory: string, path: string): boolean {
  return directory === '/' || path === directory || path.startsWith(`${directory}/`);
}

function asText(source: string, target: string, writable: boolean): string {
  return `${source}:${resolve('/', target)}${writable ? '' : ' (ro)'}`;
}
