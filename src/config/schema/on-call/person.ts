import { z } from 'zod';
import { Hours, Timezone } from '../values/times.ts';

/** As a server or an operating system knows somebody. */
export const Name = z.string().min(1).max(200);

/** Somebody whom contacts name as a member, or who stands in. What they have of their own is used before what the contact has. */
export const Person = z.strictObject({
  email: z.email().optional(),
  phone: z.string().min(1).optional(),
  slack: z.string().min(1).optional(),
  /** Principals and logins, such as `ana` or `ana@db1`. */
  logins: z.array(Name).optional(),
  /** What is not urgent waits until they are over. */
  quiet: z
    .strictObject({
      hours: Hours.refine((hours) => {
        const [from, until] = hours.split('-');
        return from !== until;
      }, 'Expected an end: who is never called is no member'),
      /** Default: that of the calendar. */
      timezone: Timezone.optional(),
    })
    .optional(),
});
export type Person = z.infer<typeof Person>;
