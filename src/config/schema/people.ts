import { z } from 'zod';
import { Duration } from '../time/duration.ts';
import { Name, type Person } from './on-call/person.ts';
import { Override, Rotation, ZONELESS } from './on-call/rotation.ts';
import { Hours, isLocal, Timezone, Weekday } from './values/times.ts';

const Respond = z
  .string()
  .regex(
    /^(\d+(m|h|d)|next-business-day)$/,
    'Expected a duration such as "15m", or "next-business-day"',
  );

/** How soon someone must answer. Both manuals say the same from sev1 to sev3. */
export const Severities = z.strictObject({
  sev1: z.strictObject({ respond: Respond }).default({ respond: '15m' }),
  sev2: z.strictObject({ respond: Respond }).default({ respond: '1h' }),
  sev3: z.strictObject({ respond: Respond }).default({ respond: '4h' }),
  sev4: z.strictObject({ respond: Respond }).default({ respond: 'next-business-day' }),
});

/** When people work: decides what the next business day is. */
export const Calendar = z.strictObject({
  timezone: Timezone.default('UTC'),
  hours: Hours.default('09:00-17:00'),
  weekend: z.array(Weekday).default(['SATURDAY', 'SUNDAY']),
  /** `2026-12-25` */
  holidays: z.array(z.iso.date()).default([]),
});

/** A role that people fill. */
export const Contact = z
  .strictObject({
    /** Their own addresses are in `people`. */
    members: z.array(z.string().min(1)).default([]),
    /**
     * As the server and the operating system know them: principals, and logins such as `ana` or `ana@db1`. For each member, or, where
     * there are no members, of the contact. Who is not named here is known by a login that is called like them.
     */
    logins: z
      .union(
        [z.array(Name), z.record(z.string(), z.array(Name))],
        'Expected a list of logins, or one for each member',
      )
      .optional(),
    email: z.email().optional(),
    phone: z.string().optional(),
    slack: z.string().optional(),
    rotation: Rotation.optional(),
    /** Of those that hold at the same time the last counts. */
    overrides: z.array(Override).optional(),
  })
  .refine(
    ({ rotation, members }) => rotation === undefined || members.length > 0,
    'Expected "members" for its "rotation": nobody could take turns',
  )
  .superRefine(({ rotation, overrides = [] }, context) => {
    for (const [index, override] of overrides.entries())
      for (const key of ['from', 'until'] as const)
        if (isLocal(override[key]) && (override.timezone ?? rotation?.timezone) === undefined)
          context.addIssue({ code: 'custom', path: ['overrides', index, key], message: ZONELESS });
  })
  .superRefine(({ members, logins }, context) => {
    if (logins === undefined) return;
    if (Array.isArray(logins)) {
      if (members.length > 1)
        context.addIssue({
          code: 'custom',
          path: ['logins'],
          message: 'Expected a list for each of "members": { Ana: [ana] }',
        });
      return;
    }
    for (const name of Object.keys(logins).filter((one) => !members.includes(one)))
      context.addIssue({
        code: 'custom',
        path: ['logins', name],
        message: `Cannot find "${name}" in "members"`,
      });
  });
export type Contact = z.infer<typeof Contact>;

/** A step that cannot succeed asks a person. */
export const Decisions = z.strictObject({
  /** Then the run is undone. */
  wait: Duration.default('15m'),
  /** The same while the application is down because of the run: undo comes first, and the question after. */
  waitWhileDown: Duration.default('0s'),
});

interface Approver {
  readonly name: string;
  readonly logins: string[];
}

/** The people behind contacts, each once. */
export function approversOf(
  by: readonly string[],
  contacts: Readonly<Record<string, Contact>>,
  known: Readonly<Record<string, Person>> = {},
): Approver[] {
  const people = new Map<string, Approver>();
  for (const name of by) {
    const { members = [], logins = [] } = contacts[name] ?? {};
    const each = Array.isArray(logins) ? [members[0] ?? name] : members;
    for (const person of members.length > 0 ? members : each) {
      const theirs = Array.isArray(logins) ? logins : (logins[person] ?? []);
      const before = people.get(person)?.logins ?? known[person]?.logins ?? [];
      people.set(person, { name: person, logins: [...new Set([...before, ...theirs])] });
    }
  }
  return [...people.values()];
}

/** Who may approve a step that asks for it. Never the one who started the run, unless they did so with the start. */
export const Approvals = z.strictObject({
  /** Of `contacts`: their members. Empty: anybody else. */
  by: z.array(z.string()).default([]),
  quorum: z.int().min(1).default(1),
  /** Then it counts as rejected. */
  within: Duration.default('30m'),
  /** Somebody of whom only the message says who they are. */
  unproven: z.enum(['allow', 'refuse']).default('refuse'),
  /** Whether who starts a run may approve steps of it with the start: `--approve <step> --because ...`. Default: yes. */
  beforehand: z.enum(['allow', 'refuse']).optional(),
});
