import type { z } from 'zod';
import { danglingNames } from './references.ts';
import { Sections } from './sections.ts';

export { App } from './app.ts';
export { Runtime } from './runtime.ts';

/**
 * One system under care, as its YAML file says it: an application, its database, cache, logs and backups, and the
 * policy of its runbooks. Paths are absolute once it is loaded. "A" and "B" in comments are the two manuals
 * whose figures stand in `targets/ahgd.yaml` and `targets/analytics-hub.yaml`.
 */
export const Target = Sections.superRefine(
  (target, context) => {
    for (const dangling of danglingNames(target)) context.addIssue({ code: 'custom', ...dangling });
  },
  // Also beside other faults: a person wants to hear of all at once.
  { when: () => true },
);
export type Target = z.infer<typeof Target>;
