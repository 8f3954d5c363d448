import { loadTarget, loadTargets } from '../../config/load/load.ts';
import type { Target } from '../../config/schema/target.ts';

/** The targets that are named, or all that are enabled. */
export function targetsFor(names: readonly string[]): Target[] {
  if (names.length > 0) return names.map((name) => loadTarget(name));
  return loadTargets().filter((target) => target.enabled);
}
