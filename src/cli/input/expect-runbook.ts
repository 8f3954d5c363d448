import { catalogue } from '../../client/catalogue.ts';
import { nearest } from '../../config/nearest.ts';
import { UsageError } from '../../config/usage-error.ts';
import type { RunbookFacts } from '../../engine/run/runbook-facts.ts';

/** Error: `UsageError` that names the nearest runbook. */
export function expectRunbook(name: string): RunbookFacts {
  const found = catalogue.get(name);
  if (found) return found;
  const close = nearest(name, [...catalogue.keys()]);
  throw new UsageError(
    `Cannot find runbook "${name}"${close ? `: did you mean "${close}"?` : ''}`,
    'runbook list',
  );
}
