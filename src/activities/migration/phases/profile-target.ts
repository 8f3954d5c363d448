import type { Target } from '../../../config/schema/target.ts';
import { countText } from '../../../config/text/count-text.ts';
import type { Stamp } from '../../../config/time/stamp.ts';
import { type Evidence, keepEvidence } from '../../../state/evidence.ts';
import { openQuestions } from '../plan/plan.ts';
import { migrationDirectory, readPlan, writePlan } from '../plan/plan-file.ts';
import { profileAll } from '../plan/profile-all.ts';
import { propose } from '../plan/propose.ts';
import { writeRecord } from '../records/records.ts';
import { takeSnapshot } from '../source/take-snapshot.ts';
import { sqliteOf, withSource } from './workspace.ts';

export interface Profiled {
  readonly tables: number;
  readonly rows: number;
  readonly questions: number;
  /** Those without an answer. */
  readonly open: number;
  readonly milliseconds: number;
  readonly note: string;
  readonly evidence: readonly Evidence[];
}

/** Takes a snapshot, goes through every column of it, and writes the plan with its questions. */
export async function profileTarget(target: Target, run: string, stamp: Stamp): Promise<Profiled> {
  const begun = performance.now();
  const taken = await takeSnapshot(sqliteOf(target), migrationDirectory(target), stamp);
  writeRecord(target, 'snapshot', { stamp, milliseconds: taken.milliseconds });
  const plan = await withSource(target, stamp, async (source) => {
    const before = readPlan(target)?.plan;
    return propose(profileAll(source, before), before);
  });
  const { file } = writePlan(target, plan);
  const open = openQuestions(plan).length;
  const [tables, questions] = [plan.tables.length, plan.questions.length];
  const rows = plan.tables.reduce((sum, table) => sum + table.rows, 0);
  const asked = `${countText(questions, 'question')}, ${open} without an answer, in "${file}"`;
  return {
    tables,
    rows,
    questions,
    open,
    milliseconds: Math.round(performance.now() - begun),
    note: `${countText(tables, 'table')}, ${countText(rows, 'row')}; ${asked}`,
    evidence: [keepEvidence(target, run, 'plan.json', `${JSON.stringify(plan, undefined, 2)}\n`)],
  };
}
