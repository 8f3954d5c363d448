import type { ComposeRuntime } from '../../../config/schema/runtime.ts';
import type { Target } from '../../../config/schema/target.ts';
import type { Stamp } from '../../../config/time/stamp.ts';
import { permanent } from '../../../os/failure.ts';
import { goBackTo } from '../compose/image/go-back.ts';
import { keptName, nameImage, readKept, writeKept } from '../compose/image/kept-images.ts';
import { findServiceImage, withTag } from '../compose/image/service-image.ts';
import { isOnHost, lastGoodImage, presentId, shortId } from './good-image.ts';

/**
 * Gives the image of the last start that was proven its name back, and makes the containers of it, which are left down. The present one gets a
 * name of ours before, and is what an undo goes back to. Error: `ImageMissing`.
 */
export async function goToGoodImage(
  target: Target,
  runtime: ComposeRuntime,
  stamp: Stamp,
): Promise<{ readonly changed: boolean; readonly note: string }> {
  const good = lastGoodImage(target);
  if (!good || !(await isOnHost(good.id)))
    throw permanent('ImageMissing', 'No image that is known to be good is on this host');
  const name = withTag(good.name);
  let kept = readKept(target, stamp);
  if (!kept) {
    const present = presentId(await findServiceImage(target, runtime));
    // What is gone cannot come back.
    kept = { name, id: present ?? good.id };
    writeKept(target, stamp, kept);
  }
  await nameImage(kept.id, keptName(target, stamp));
  const { changed } = await goBackTo({ name, id: good.id }, target, runtime);
  return {
    changed,
    note: `Made of ${shortId(good.id)}. The one before is "${keptName(target, stamp)}"`,
  };
}
