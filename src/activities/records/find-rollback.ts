import { z } from 'zod';
import type { Target } from '../../config/schema/target.ts';
import { Stamp } from '../../config/time/stamp.ts';
import { permanent } from '../../os/failure.ts';
import { storedRuns } from '../../state/run-reports.ts';

const Replaced = z.enum(['database', 'files', 'dependencies']);
type Replaced = z.infer<typeof Replaced>;

/** What a run has replaced, so that somebody may want it back. */
export interface Rollback {
  /** The run, or its rollback point where no report is left of it. */
  readonly run: string;
  /** Names what it kept. */
  readonly point: Stamp;
  /** Undefined: nobody knows any more. */
  readonly replaced?: readonly Replaced[];
  /** Why its database from before is no backup, as it said itself. */
  readonly noDatabase?: string;
}

/** A report is read as what somebody else may have written. */
const Reported = z.object({
  run: z.string(),
  ending: z.object({
    output: z.object({
      rollbackPoint: Stamp.optional(),
      noRollbackPoint: z.string().optional(),
      replaced: z.array(Replaced).optional(),
    }),
  }),
});

/** By the id of the run, any part of it that means one run, or its rollback point. Error: `NoRollbackPoint`. */
export function findRollback(target: Pick<Target, 'name' | 'state'>, reference: string): Rollback {
  const stored = storedRuns(target, reference);
  const found = stored.flatMap((report) => {
    const parsed = Reported.safeParse(report);
    return parsed.success ? [parsed.data] : [];
  });
  const exact = found.filter(({ run }) => run === reference);
  const [meant, other] = (exact.length > 0 ? exact : found).filter(
    ({ ending }) => ending.output.rollbackPoint !== undefined,
  );
  if (other) throw none(`it means several runs, such as "${meant!.run}" and "${other.run}"`);
  if (meant) {
    const { rollbackPoint, noRollbackPoint, replaced } = meant.ending.output;
    return {
      run: meant.run,
      point: rollbackPoint!,
      ...(replaced && { replaced }),
      ...(noRollbackPoint !== undefined && { noDatabase: noRollbackPoint }),
    };
  }
  if (Stamp.safeParse(reference).success) return { run: reference, point: reference };
  if (found.length > 0)
    throw none(found[0]!.ending.output.noRollbackPoint ?? 'it has replaced nothing');
  throw none(
    stored.length > 0
      ? 'its report names no rollback point: it has not ended done'
      : `there is no report of it in "${target.state}"; name its rollback point instead, such as "20260105_020000"`,
  );

  function none(why: string): Error {
    return permanent('NoRollbackPoint', `Cannot go back from "${reference}": ${why}`);
  }
}
