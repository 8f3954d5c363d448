import type { ComposeRuntime } from '../../../../config/schema/runtime.ts';
import type { Target } from '../../../../config/schema/target.ts';
import { permanent } from '../../../../os/failure.ts';
import { type Configuration, resolveConfiguration } from '../compare/configuration.ts';
import { differencesOf } from '../compare/differences.ts';
import {
  type InspectedContainer,
  type InspectedImage,
  inspectContainers,
  inspectImage,
} from '../compare/inspected.ts';
import { findCompose } from '../docker.ts';
import { onProject } from '../project.ts';
import { containersOf } from '../service-containers.ts';

/** The image of the application's service, and what was made of it. */
export interface ServiceImage {
  /** Whether Compose builds it. */
  readonly isBuilt: boolean;
  /** What Compose calls its image, with its tag. */
  readonly name: string;
  /** The image by that name. Missing: nobody has built one, or it was removed. */
  readonly named: InspectedImage | undefined;
  /** The newest first. */
  readonly containers: readonly InspectedContainer[];
  /** What Compose would make differently now, besides its image: a text each, never a value. */
  readonly changes: readonly string[];
}

const LABEL = 'com.docker.compose';

/** Reads what Compose and Docker have of it. Errors: `NotApplicable`, `ServiceUnknown`, and those of Docker. */
export async function findServiceImage(
  { directory }: Pick<Target, 'directory'>,
  runtime: ComposeRuntime,
): Promise<ServiceImage> {
  const configuration = await resolveConfiguration(onProject(directory, runtime));
  const service = configuration.services[runtime.service];
  if (!service) throw permanent('ServiceUnknown', `No such service: "${runtime.service}"`);
  const containers = await newestFirst(directory, runtime);
  const name = service.image ?? (await nameGivenByCompose(containers[0], runtime));
  return {
    isBuilt: service.build != null,
    name: withTag(name),
    named: await inspectImage(withTag(name)),
    containers,
    changes: await changesBesideImage(configuration, runtime, containers[0]),
  };
}

/** The application's containers, without asking Compose. */
export async function newestFirst(
  directory: string,
  runtime: ComposeRuntime,
): Promise<InspectedContainer[]> {
  const { containers } = await containersOf(directory, runtime, runtime.service);
  const made = await inspectContainers(containers.map(({ Id }) => Id));
  return made.toSorted((one, other) => Date.parse(other.Created) - Date.parse(one.Created));
}

/** 1.29 joins by "_" what 2 joins by "-", and leaves out what a project's name must not begin with. */
async function nameGivenByCompose(
  container: InspectedContainer | undefined,
  { service, project: named }: ComposeRuntime,
): Promise<string> {
  const project = container?.Config.Labels?.[`${LABEL}.project`] ?? named;
  if (project === undefined) throw noContainer(service);
  const { major } = await findCompose();
  return major === 1 ? `${project.replace(/^[_-]+/, '')}_${service}` : `${project}-${service}`;
}

export function noContainer(service: string): Error {
  return permanent(
    'NotApplicable',
    `Service "${service}" has no container: what it ran on, and could go back to, is not known. Start it first: start-application`,
  );
}

async function changesBesideImage(
  configuration: Configuration,
  { service: name }: ComposeRuntime,
  container: InspectedContainer | undefined,
): Promise<string[]> {
  if (!container) return [];
  const made = await inspectImage(container.Image);
  const service = { ...configuration.services[name]!, image: undefined };
  return differencesOf({ configuration, service, container, images: { made, wanted: undefined } });
}

/** `docker image ls` takes a name without a tag for all of its tags. */
export function withTag(name: string): string {
  return /[:@]/.test(name.split('/').at(-1)!) ? name : `${name}:latest`;
}
