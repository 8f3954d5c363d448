import type { Target } from '../../config/schema/target.ts';
import { inspectContainers, inspectImage } from '../runtime/compose/compare/inspected.ts';
import { containersOf } from '../runtime/compose/service-containers.ts';
import { readKnownGood } from '../runtime/known-good/known-good-records.ts';

/**
 * The id of the image that a recovery would start: of the application's container, running or not; where there is none, of the last
 * start that was proven, if it is on this host. Undefined: nobody knows one. Errors: those of Docker.
 */
export async function drillImage(target: Target): Promise<string | undefined> {
  const { directory, runtime } = target;
  if (runtime.kind !== 'compose') return undefined;
  const { containers } = await containersOf(directory, runtime, runtime.service);
  const [first] = await inspectContainers(containers.map(({ Id }) => Id));
  if (first) return first.Image;
  const known = readKnownGood(target).findLast(({ image }) => image)?.image;
  return known && (await inspectImage(known.id))?.Id;
}
