import type { ComposeRuntime } from '../../../../config/schema/runtime.ts';
import type { Target } from '../../../../config/schema/target.ts';
import type { Stamp } from '../../../../config/time/stamp.ts';
import { permanent } from '../../../../os/failure.ts';
import type { Limits } from '../compare/limits.ts';
import { lastComposeText } from './compose-text.ts';
import { keepLimits, readKeptLimits } from './kept-limits.ts';
import { resolvedService } from './limited-service.ts';
import { liveLimits } from './live-limits.ts';
import { replaceFile } from './replace-file.ts';
import { withLimits } from './with-limits.ts';

export interface Persisted {
  readonly changed: boolean;
  readonly file: string;
}

/** Writes limits where Compose reads them, whoever types it: the next container is made with them. */
export async function persistLimits(
  target: Target,
  runtime: ComposeRuntime,
  stamp: Stamp,
  wanted: Limits,
): Promise<Persisted> {
  const kept = readKeptLimits(target, stamp);
  if (!kept) throw permanent('StateUnusable', 'Nobody knows what the limits were before');
  const place = lastComposeText(target.directory, runtime);
  const resolved = await resolvedService(target, runtime);
  const { swap } = liveLimits(wanted, kept.live);
  const text = withLimits(place, runtime.service, wanted, { swap, resolved });
  const { file, like } = place;
  if (text === place.text) return { changed: false, file };
  // First what to expect there, then that itself: an undo tells what it has written from what others have.
  keepLimits(target, stamp, { ...kept, after: text });
  replaceFile({ file, from: place.text, to: text, like });
  return { changed: true, file };
}
