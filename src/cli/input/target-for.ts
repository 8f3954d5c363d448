import { environment } from '../../config/environment.ts';
import { loadTarget, readTargets } from '../../config/load/load.ts';
import type { Target } from '../../config/schema/target.ts';
import { UsageError } from '../../config/usage-error.ts';

/** The target a person means: the one named, RUNBOOK_TARGET, or the only one that is enabled. */
export function targetFor(name: string | undefined): Target {
  const wanted = name ?? environment().target;
  if (wanted) return loadTarget(wanted);
  const { targets, faults } = readTargets();
  const enabled = targets.filter((target) => target.enabled);
  const hint = enabled[0] ? `export RUNBOOK_TARGET=${enabled[0].name}` : 'runbook target list';
  // The one that cannot be read may be the one that is meant.
  if (faults.length > 0)
    throw new UsageError(
      ['No target is named, and a file cannot be read:', ...faults].join('\n'),
      hint,
    );
  if (enabled.length === 1) return enabled[0]!;
  throw new UsageError(
    enabled.length === 0
      ? 'No target is named, and none in targets/ is enabled'
      : `No target is named, and ${enabled.length} are enabled: ${enabled.map((one) => one.name).join(', ')}`,
    hint,
  );
}
