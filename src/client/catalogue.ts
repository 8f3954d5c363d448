import type { RunbookFacts } from '../engine/run/runbook-facts.ts';
import * as runbooks from '../workflows/index.ts';

/** Every runbook there is, by the name that the CLI and Temporal use. */
export const catalogue: ReadonlyMap<string, RunbookFacts> = new Map(
  Object.entries(runbooks).map(([name, { definition }]) => [name, definition as RunbookFacts]),
);
