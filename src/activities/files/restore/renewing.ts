import { composeInputs, realPathOf } from '../../../config/load/compose-inputs.ts';
import type { Target } from '../../../config/schema/target.ts';
import { noteRenewal } from '../../../state/renewal.ts';

/**
 * Changes files in their places. When containers are made of one of them, before or afterwards, their next start makes them anew:
 * that is what the files were brought for. Nothing else ever is a reason to.
 */
export function renewing(target: Target, files: readonly string[], change: () => void): void {
  const { directory, runtime } = target;
  const touched = () => {
    if (runtime.kind !== 'compose') return false;
    const inputs = composeInputs(directory, runtime);
    return files.some((file) => inputs.has(realPathOf(file)));
  };
  const before = touched();
  if (before) noteRenewal(target);
  change();
  if (!before && touched()) noteRenewal(target);
}
