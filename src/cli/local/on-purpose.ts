import { isFrozen } from '../../activities/runtime/frozen-note.ts';
import type { Target } from '../../config/schema/target.ts';
import { readContainment } from '../../state/containment.ts';
import { endingText, readEndingStop, readStopped } from '../../state/stopped.ts';

/** What keeps it as it is. A record that cannot be read is told: nobody may think then that there is none. */
export function onPurpose(target: Target): string[] {
  return [
    ...told(() => readContainment(target)?.note),
    ...told(() => readStopped(target)?.note),
    ...told(() => {
      const ending = readEndingStop(target);
      return ending && endingText(ending);
    }),
    ...(isFrozen(target) ? ['A run holds it still, or has been terminated while it did'] : []),
  ];
}

function told(read: () => string | undefined): string[] {
  try {
    return [read() ?? []].flat();
  } catch (error) {
    return [(error as Error).message];
  }
}
