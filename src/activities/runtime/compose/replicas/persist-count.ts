import type { ComposeRuntime } from '../../../../config/schema/runtime.ts';
import type { Target } from '../../../../config/schema/target.ts';
import type { Stamp } from '../../../../config/time/stamp.ts';
import { permanent } from '../../../../os/failure.ts';
import type { ServiceConfiguration } from '../compare/configuration.ts';
import { type ComposeText, lastComposeText } from '../limits/compose-text.ts';
import { resolvedService } from '../limits/limited-service.ts';
import { replaceFile } from '../limits/replace-file.ts';
import { setInYaml } from '../limits/set-in-yaml.ts';
import { keepCount, readKeptCount } from './kept-count.ts';

/** How many Compose makes of it by its files. */
export function countIn({ scale, deploy }: ServiceConfiguration): number {
  return scale ?? deploy?.replicas ?? 1;
}

/** The text of the last Compose file, with that many in it. Compose 2 demands that both places say the same. Error: `NotApplicable`. */
export function withCount(
  { file, text = NEW }: ComposeText,
  service: string,
  { deploy }: ServiceConfiguration,
  count: number,
): string {
  const paths = [['scale'], ...(deploy?.replicas == null ? [] : [['deploy', 'replicas']])];
  return paths.reduce((all, path) => {
    const set = setInYaml(all, ['services', service, ...path], count);
    if (set !== undefined) return set;
    throw permanent(
      'NotApplicable',
      `Cannot write "scale" of service "${service}" into "${file}" without changing more than that, as with anchors that others share: write it there by hand`,
    );
  }, text);
}

const NEW =
  '# Replicas, written by the runbook scale-application. Compose merges this file by itself.\n';

/** Writes how many where Compose reads it, whoever types it. */
export async function persistCount(
  target: Target,
  runtime: ComposeRuntime,
  stamp: Stamp,
  count: number,
): Promise<{ readonly changed: boolean; readonly file: string }> {
  const kept = readKeptCount(target, stamp);
  if (!kept) throw permanent('StateUnusable', 'Nobody knows how many replicas there were before');
  const place = lastComposeText(target.directory, runtime);
  const resolved = await resolvedService(target, runtime);
  const { file, like } = place;
  if (countIn(resolved) === count) return { changed: false, file };
  const text = withCount(place, runtime.service, resolved, count);
  // First what to expect there, then that itself: an undo tells what it has written from what others have.
  keepCount(target, stamp, { ...kept, after: text });
  replaceFile({ file, from: place.text, to: text, like });
  return { changed: true, file };
}
