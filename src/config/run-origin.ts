import { z } from 'zod';

/** The header of Temporal in which a run's activities and children carry where it began. */
export const ORIGIN_HEADER = 'runbook-origin';

/** Where a run began, and by which policy: what it answers for its whole life. */
export const RunOrigin = z.object({
  /** The state directory that it was let into, by the id in its claim's database. */
  place: z.uuid().optional(),
  /** The fingerprint of the target's policy. */
  policy: z
    .string()
    .regex(/^[0-9a-f]{12}$/)
    .optional(),
});
export type RunOrigin = z.infer<typeof RunOrigin>;

/** What came over Temporal, as far as it can be read: nothing is believed that is not of this shape. */
export function runOriginFrom(value: unknown): RunOrigin {
  const parsed = RunOrigin.safeParse(value);
  return parsed.success ? parsed.data : {};
}

/** Lets a run in, and answers where. */
export function isAdmission(activityType: string): boolean {
  return activityType === 'target.take' || activityType === 'target.enter';
}
