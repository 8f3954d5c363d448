import { z } from 'zod';
import { Duration, DurationAboveZero, inMilliseconds } from '../../time/duration.ts';
import { severities, type Severity } from '../values/severity.ts';

/** One length for all, or one for each severity. */
export const PerSeverity = perSeverity(Duration);
/** The same, of what happens again and again, or must be over some time. */
export const PerSeverityAboveZero = perSeverity(DurationAboveZero);

function perSeverity<Length extends typeof Duration>(length: Length) {
  return z.union(
    [length, z.strictObject({ sev1: length, sev2: length, sev3: length, sev4: length })],
    'Expected a duration such as "15m", or one for each of "sev1" to "sev4"',
  );
}

/** The length that is meant for this severity, in milliseconds. */
export function lengthFor(length: z.infer<typeof PerSeverity>, severity: Severity): number {
  return inMilliseconds(typeof length === 'string' ? length : length[severity]);
}

const kinds = ['security', 'database'] as const;
type Kind = (typeof kinds)[number];

/** All that are named must hold; of a list one is enough. */
const Conditions = z
  .strictObject({
    severity: oneOrMore(severities).optional(),
    kind: oneOrMore(kinds).optional(),
  })
  .refine(
    ({ severity, kind }) => severity !== undefined || kind !== undefined,
    'Expected "severity" or "kind"',
  );

/** Who is paged while nobody acknowledges. */
export const EscalationLevel = z.strictObject({
  level: z.union([z.int().min(1), z.string().min(1)], 'Expected a number or a name'),
  /** Of `contacts`. Several are paged at once. */
  to: z.union([z.string(), z.array(z.string()).min(1)], 'Expected a contact, or a list of them'),
  /** Since the incident opened. One figure, or one for each severity. */
  after: PerSeverity.default('0s'),
  /** Only for incidents of this severity or kind. */
  when: z
    .union(
      [z.enum([...severities, ...kinds]), Conditions],
      `Expected one of ${[...severities, ...kinds].map((one) => `"${one}"`).join(', ')}, or { severity, kind }`,
    )
    .optional(),
  /** Only in the hours of `calendar`, or only outside of them. */
  during: z.enum(['business-hours', 'out-of-hours']).optional(),
});
export type EscalationLevel = z.infer<typeof EscalationLevel>;

/** The whole policy. Two lines that would page one contact twice at one level are a slip. */
export const EscalationLevels = z.array(EscalationLevel).superRefine((levels, context) => {
  for (const [index, level] of levels.entries())
    for (const earlier of levels.slice(0, index)) {
      const twice = contactsOf(level).find((one) => contactsOf(earlier).includes(one));
      if (String(level.level) !== String(earlier.level) || twice === undefined) continue;
      if (!mayMeet(level, earlier)) continue;
      const message = `Level "${level.level}" pages "${twice}" twice: give one line a level of its own, or a "when" or "during" that leaves the other out`;
      context.addIssue({ code: 'custom', path: [index, 'level'], message });
    }
});

export function contactsOf({ to }: Pick<EscalationLevel, 'to'>): readonly string[] {
  return typeof to === 'string' ? [to] : [...new Set(to)];
}

/** Whether this line is for such an incident. */
export function isFor(
  { when }: Pick<EscalationLevel, 'when'>,
  severity: Severity,
  kind: Kind | undefined,
): boolean {
  if (when === undefined) return true;
  if (typeof when === 'string') return when === severity || when === kind;
  const holds = (asked: string | readonly string[] | undefined, found: string | undefined) =>
    asked === undefined || (found !== undefined && [asked].flat().includes(found));
  return holds(when.severity, severity) && holds(when.kind, kind);
}

/** Whether both can be due in one incident. */
function mayMeet(one: EscalationLevel, other: EscalationLevel): boolean {
  if (one.during && other.during && one.during !== other.during) return false;
  return severities.some((severity) =>
    [undefined, ...kinds].some((kind) =>
      [one, other].every((level) => isFor(level, severity, kind)),
    ),
  );
}

function oneOrMore<const Values extends readonly [string, ...string[]]>(values: Values) {
  const expected = `Expected ${values.map((one) => `"${one}"`).join(' or ')}, or a list of them`;
  return z.union([z.enum(values), z.array(z.enum(values)).min(1)], expected);
}
