import type { Step, StepOptions, Work } from '../../../engine/steps/step.ts';
import { attempted } from '../attempted.ts';

/** One repair, and the measurement after it: two lines of a plan. */
export interface Repair<Name extends string, Measured> {
  readonly name: Name;
  /** Why it is not tried: it is not to be, or there is nothing to repair by it. */
  readonly not?: string | undefined;
  readonly line: Step;
  /** Its result is for the ledger. Undefined: it was not done, and the run goes on without it. */
  readonly work: Work<{ readonly note: string } | undefined>;
  readonly options?: (now: Measured) => StepOptions<{ readonly note: string } | undefined>;
  readonly after: Step;
}

interface HowToMeasure<Measured> {
  /** The same one each time. */
  readonly measure: Work<Measured>;
  readonly isWell: (now: Measured) => boolean;
  /** Why nothing needs to be repaired. */
  readonly nothing?: string | undefined;
}

interface Treated<Name extends string, Measured> {
  /** What was measured last. */
  readonly now: Measured;
  /** In their order. */
  readonly tried: readonly Name[];
  /** Missing: none has. */
  readonly helped?: Name;
}

/**
 * Repairs one after the other, the least invasive first, and measures after each. It ends with the first that helps. A repair that people
 * refuse is left out, and takes nothing back.
 */
export async function repairUntilWell<Name extends string, Measured extends { note: string }>(
  before: Measured,
  { measure, isWell, nothing }: HowToMeasure<Measured>,
  repairs: readonly Repair<Name, Measured>[],
): Promise<Treated<Name, Measured>> {
  const tried: Name[] = [];
  let now = before;
  let helped: Name | undefined;
  for (const { name, not, line, work, options, after } of repairs) {
    const why = nothing ?? (helped === undefined ? not : `It is well since "${helped}"`);
    if (why !== undefined) {
      line.omit(why);
      after.omit(why);
      continue;
    }
    const done = await unlessRejected(
      line(work, { note: (result) => result?.note ?? 'Not done', ...options?.(now) }),
    );
    if (!done) {
      after.omit('Nothing was changed');
      continue;
    }
    tried.push(name);
    now = await after(measure, { note: ({ note }) => note });
    if (isWell(now)) helped = name;
  }
  return { now, tried, ...(helped !== undefined && { helped }) };
}

/** People refuse a line, and the run goes on without it. */
async function unlessRejected<Result>(work: Promise<Result>): Promise<Result | undefined> {
  const answer = await attempted(work);
  return answer.reason && answer.reason.type !== 'Rejected' ? work : answer.result;
}
