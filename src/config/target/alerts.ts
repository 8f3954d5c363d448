import { z } from 'zod';
import { Duration } from '../duration.ts';
import { severities } from '../severity.ts';

/** What becomes of an alert that this target's rules take. The first rule that matches counts. */
export const AlertRule = z.strictObject({
  /**
   * Labels that the alert must have. `*` in a value stands for anything. Without labels the rule takes every alert of
   * this target, and those that no other target takes.
   */
  match: z.record(z.string(), z.string()).default({}),
  /** Default: what the alert's own label `severity` says, else sev3. */
  severity: z.enum(severities).optional(),
  /** It is started for the incident. */
  runbook: z.string().min(1).optional(),
  /** How long the alert must stay away until the incident is resolved. Default: at once. */
  hold: Duration.optional(),
});
export type AlertRule = z.infer<typeof AlertRule>;

/** `*` stands for anything, every other letter for itself. Takes time in proportion to the text, whatever the pattern. */
export function matches(pattern: string, text: string): boolean {
  const [head, ...rest] = pattern.split('*') as [string, ...string[]];
  const tail = rest.pop();
  if (tail === undefined) return text === head;
  if (!text.startsWith(head)) return false;
  let at = head.length;
  for (const part of rest) {
    const found = text.indexOf(part, at);
    if (found < 0) return false;
    at = found + part.length;
  }
  return text.length - tail.length >= at && text.endsWith(tail);
}
