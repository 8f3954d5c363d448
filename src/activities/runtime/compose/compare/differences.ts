import type { Configuration, ServiceConfiguration } from './configuration.ts';
import type { InspectedContainer, InspectedImage } from './inspected.ts';
import { limitDifferences } from './limits.ts';
import { mountsOf, wantedMounts } from './mounts.ts';
import { portsOf, wantedPorts } from './ports.ts';

export interface Compared {
  readonly configuration: Configuration;
  readonly service: ServiceConfiguration;
  readonly container: InspectedContainer;
  /** The one that the container was made of, and the one that the configuration names. */
  readonly images: {
    readonly made: InspectedImage | undefined;
    readonly wanted: InspectedImage | undefined;
  };
}

const PROJECT = 'com.docker.compose.project';

/**
 * What Compose would make differently now: image, mounts, ports, environment, command, user, limits. One text each, and never the
 * value of a variable: it may be a secret.
 */
export function differencesOf(compared: Compared): string[] {
  const { configuration, service, container } = compared;
  const project = container.Config.Labels?.[PROJECT] ?? '';
  return [
    ...imageDifferences(compared),
    ...setDifferences(
      'mount',
      mountsOf(service, container),
      wantedMounts(configuration, service, project),
    ),
    ...setDifferences('port', portsOf(container), wantedPorts(service)),
    ...environmentDifferences(compared),
    ...wordDifferences(compared),
    ...userDifferences(compared),
    ...limitDifferences(compared),
  ];
}

function imageDifferences({ service, container, images: { wanted } }: Compared): string[] {
  const { image } = service;
  if (image === undefined) return [];
  if (image !== container.Config.Image && wanted?.Id !== container.Image)
    return [`image "${container.Config.Image}" -> "${image}"`];
  if (wanted === undefined || wanted.Id === container.Image) return [];
  return [
    `image "${image}" is another one by now (${short(container.Image)} -> ${short(wanted.Id)})`,
  ];
}

function setDifferences(
  what: string,
  made: readonly string[],
  wanted: readonly string[],
): string[] {
  return [
    ...made.filter((one) => !wanted.includes(one)).map((one) => `${what} ${one} goes`),
    ...wanted.filter((one) => !made.includes(one)).map((one) => `${what} ${one} comes`),
  ];
}

function environmentDifferences({ service, container, images }: Compared): string[] {
  const made = variablesIn(container.Config.Env);
  const wanted = variablesIn(images.wanted?.Config?.Env ?? images.made?.Config?.Env);
  for (const [name, value] of Object.entries(environmentOf(service))) wanted.set(name, value);
  const names = [...new Set([...made.keys(), ...wanted.keys()])].toSorted();
  const texts = names.flatMap((name) => {
    const [before, after] = [made.get(name), wanted.get(name)];
    if (before === after) return [];
    if (after === undefined) return [`${name} goes`];
    return [before === undefined ? `${name} comes` : `${name} has another value`];
  });
  return texts.map((text) => `variable ${text}`);
}

/** A name without a value is not set: Compose was not given it. */
function variablesIn(pairs: readonly string[] | null | undefined): Map<string, string | undefined> {
  return new Map(
    (pairs ?? []).map((pair) => {
      const at = pair.indexOf('=');
      return at === -1 ? [pair, undefined] : [pair.slice(0, at), pair.slice(at + 1)];
    }),
  );
}

function environmentOf({ environment }: ServiceConfiguration): Record<string, string | undefined> {
  const given = Array.isArray(environment)
    ? Object.fromEntries(variablesIn(environment))
    : (environment ?? {});
  return Object.fromEntries(
    Object.entries(given).map(([name, value]) => [name, value == null ? undefined : plain(value)]),
  );
}

function wordDifferences({ service, container, images }: Compared): string[] {
  const image = images.wanted?.Config ?? images.made?.Config;
  // Its own entrypoint makes a container forget the image's command.
  const ownCommand = service.entrypoint == null ? image?.Cmd : undefined;
  return [
    ...(same(container.Config.Cmd, service.command ?? ownCommand) ? [] : ['its command']),
    ...(same(container.Config.Entrypoint, service.entrypoint ?? image?.Entrypoint)
      ? []
      : ['its entrypoint']),
  ];
}

type Words = string | readonly string[] | null | undefined;

/** 1.29 prints a command as it was written, quotes and all: what only they tell apart is taken for equal. */
function same(made: Words, wanted: Words): boolean {
  return bare(made, (text) => text) === bare(wanted, plain);
}

function bare(words: Words, read: (text: string) => string): string {
  return [words ?? []]
    .flat()
    .map(read)
    .join('')
    .replaceAll(/[\s'"\\]/g, '');
}

function userDifferences({ service, container, images }: Compared): string[] {
  const made = container.Config.User ?? '';
  const wanted = service.user ?? (images.wanted ?? images.made)?.Config?.User ?? '';
  return made === wanted ? [] : [`user "${made}" -> "${wanted}"`];
}

/** Compose prints "$" twice. */
function plain(text: string): string {
  return text.replaceAll('$$', '$');
}

function short(id: string): string {
  return id.replace('sha256:', '').slice(0, 12);
}
