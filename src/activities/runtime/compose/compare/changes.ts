import { failureOf } from '../../../../os/failure-of.ts';
import type { OnProject } from '../project.ts';
import { resolveConfiguration } from './configuration.ts';
import { differencesOf } from './differences.ts';
import { type InspectedContainer, inspectImage } from './inspected.ts';

const SERVICE = 'com.docker.compose.service';

interface Changes {
  /** A text for each container of which Compose would make another one. */
  readonly changes: readonly string[];
  /** Why nobody knows, as text. */
  readonly unreadable?: string;
}

/** What Compose would make differently now of these containers. */
export async function changesOf(
  call: OnProject,
  containers: readonly InspectedContainer[],
): Promise<Changes> {
  try {
    const configuration = await resolveConfiguration(call);
    const texts: string[] = [];
    for (const container of containers) {
      const name = container.Config.Labels?.[SERVICE] ?? '';
      const service = configuration.services[name];
      if (!service) {
        texts.push(`"${name}" is no service of it any more`);
        continue;
      }
      const images = {
        made: await inspectImage(container.Image),
        wanted: service.image === undefined ? undefined : await inspectImage(service.image),
      };
      const found = differencesOf({ configuration, service, container, images });
      if (found.length > 0) texts.push(`"${name}": ${found.join(', ')}`);
    }
    return { changes: texts };
  } catch (error) {
    return {
      changes: [],
      unreadable: `Compose cannot read its configuration: ${failureOf(error).message}`,
    };
  }
}
