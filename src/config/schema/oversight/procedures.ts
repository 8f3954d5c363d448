import { z } from 'zod';
import { DurationAboveZero } from '../../time/duration.ts';

const Name = z.string().regex(/^[a-z][a-z0-9-]*$/, 'Expected the name of a runbook');

/** Who answers for a procedure, and who has looked at it last. */
const Reviewed = {
  /** Of `contacts`. */
  owner: z.string().optional(),
  /** When somebody went through it. A: "Last Updated", from which "Next Review" follows. */
  reviewed: z.iso.date('Expected a day, such as "2026-06-18"').optional(),
  /** A: "Approved By". */
  approvedBy: z.string().min(1).max(200).optional(),
};

/** How the procedures themselves are kept alive: somebody owns, reviews and practises each. */
export const Procedures = z.strictObject({
  ...Reviewed,
  owner: z.string(),
  /** A month, as in A: reviewed on 18 June, next on 18 July. */
  reviewEvery: DurationAboveZero.default('30d'),
  /** What was neither run nor drilled for longer than this is told. */
  practiseEvery: DurationAboveZero.default('90d'),
  /** What people must be able to do at night. A proven restore-drill practises database-recovery, too. */
  practise: z.array(Name).max(100).default(['database-recovery', 'restore-drill']),
  /** What is said of one runbook alone. */
  runbooks: z
    .record(
      Name,
      z.strictObject({
        ...Reviewed,
        reviewEvery: DurationAboveZero.optional(),
        practiseEvery: DurationAboveZero.optional(),
      }),
    )
    .default({}),
});
export type Procedures = z.infer<typeof Procedures>;
