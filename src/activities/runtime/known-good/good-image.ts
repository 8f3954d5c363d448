import type { ComposeRuntime } from '../../../config/schema/runtime.ts';
import type { Target } from '../../../config/schema/target.ts';
import { failureOf } from '../../../os/failure-of.ts';
import { inspectImage } from '../compose/compare/inspected.ts';
import { findServiceImage, type ServiceImage, withTag } from '../compose/image/service-image.ts';
import { type KnownGood, readKnownGood } from './known-good-records.ts';

export interface FoundGood {
  /** Missing: there is none to go back to. */
  readonly image?: string;
  /** What Compose would make differently besides its image, when its container is made anew: a text each, never a value. */
  readonly changes?: readonly string[];
  /** What differs, or why there is none, as one sentence. */
  readonly note: string;
}

type GoodImage = NonNullable<KnownGood['image']> & Pick<KnownGood, 'at'>;

/** Of the last start that was proven. Undefined: none is on record. */
export function lastGoodImage(target: Pick<Target, 'state'>): GoodImage | undefined {
  const last = readKnownGood(target).findLast(({ image }) => image !== undefined);
  return last?.image && { ...last.image, at: last.at };
}

/** Compares the image of the container that is there, else of the one that would be made, with the one that is known to be good. */
export async function findGoodImage(target: Target, runtime: ComposeRuntime): Promise<FoundGood> {
  const good = lastGoodImage(target);
  if (!good) return { note: 'No image is known to be good' };
  let present: ServiceImage;
  try {
    present = await findServiceImage(target, runtime);
  } catch (error) {
    return { note: `Its image cannot be compared: ${failureOf(error).message}` };
  }
  const { name, changes } = present;
  if (name !== withTag(good.name))
    return {
      note: `Its configuration names image "${name}", and was known to be good with "${good.name}" (${good.at})`,
    };
  const now = presentId(present);
  if (now === good.id) return { note: `It is of the image that is known to be good (${good.at})` };
  if (!(await isOnHost(good.id)))
    return {
      note: `Image ${shortId(good.id)}, which is known to be good (${good.at}), is gone from this host`,
    };
  const is = now === undefined ? 'is gone' : `is ${shortId(now)} now`;
  return {
    image: shortId(good.id),
    changes: changes.slice(0, SHOWN),
    note: `Image "${name}" was ${shortId(good.id)} when it was known to be good (${good.at}), and ${is}`,
  };
}

/** Of the container that is there, or of the one that would be made. */
export function presentId({ containers: [container], named }: ServiceImage): string | undefined {
  return container?.Image ?? named?.Id;
}

/** As Docker shows it. */
export function shortId(id: string): string {
  return id.replace('sha256:', '').slice(0, 12);
}

const SHOWN = 20;

export async function isOnHost(id: string): Promise<boolean> {
  try {
    return (await inspectImage(id)) !== undefined;
  } catch (error) {
    if (/no such (image|object)/i.test(failureOf(error).message)) return false;
    throw error;
  }
}
