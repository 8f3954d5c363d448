import { z } from 'zod';
import { Duration } from '../time/duration.ts';
import { severities } from './values/severity.ts';

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
  /** How long the alert must stay away until the incident is resolved. Default: as `incidents.hold` says. */
  hold: Duration.optional(),
});
export type AlertRule = z.infer<typeof AlertRule>;

/** Alerts that are one incident, with each of them for a member. The first that matches counts. */
export const AlertGroup = z.strictObject({
  /** Labels that the alert must have, as in `alerts`. */
  match: z.record(z.string(), z.string()).default({}),
  /** Alerts of one source that agree in these labels are one incident. None: all that match are. */
  by: z.array(z.string().min(1)).max(20),
});
export type AlertGroup = z.infer<typeof AlertGroup>;

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

/** Whether there is each label that is named, as its pattern says. */
export function matchesAll(
  match: Readonly<Record<string, string>>,
  labels: Readonly<Record<string, string>>,
): boolean {
  return Object.entries(match).every(
    ([name, pattern]) => Object.hasOwn(labels, name) && matches(pattern, labels[name]!),
  );
}

/** Something that says regularly that it goes well: an incident opens when it falls silent. */
export const Ping = z.strictObject({
  /** The address is `/ping/<id>` at the gateway. No other target has it. */
  id: z.string().regex(/^[a-z][a-z0-9-]{0,59}$/, 'Expected lower case letters, digits and dashes'),
  /** So often it is heard of. */
  every: Duration,
  /** So much later it may be, and so long it may take from its start to its end. */
  grace: Duration,
  severity: z.enum(severities).default('sev3'),
});
export type Ping = z.infer<typeof Ping>;
