import type { Target } from '../../../config/schema/target.ts';
import { countText } from '../../../config/text/count-text.ts';
import type { Stamp } from '../../../config/time/stamp.ts';
import { keepEvidence } from '../../../state/evidence.ts';
import { compareAll, expectEqual, hashesOf } from '../compare/compare-all.ts';
import type { Comparison } from '../compare/compare-table.ts';
import { migrationDirectory } from '../plan/plan-file.ts';
import { resolve } from '../plan/resolve.ts';
import { type ProofRecord, readRecord, writeRecord } from '../records/records.ts';
import { dropSnapshots } from '../source/take-snapshot.ts';
import { withPostgres } from '../with-postgres.ts';
import { planOf, withSource } from './workspace.ts';

export interface Proven {
  readonly tables: number;
  readonly rows: number;
  readonly milliseconds: number;
  readonly note: string;
}

/**
 * Demands that each table of PostgreSQL is equal to what was copied. `rehearsed`: what the copy took, in ms, when this is the end of a
 * rehearsal. The snapshot has served, and goes.
 */
export async function proveTarget(
  target: Target,
  run: string,
  { stamp, rehearsed }: { readonly stamp: Stamp; readonly rehearsed?: number | undefined },
): Promise<Proven> {
  const { plan, sha256 } = planOf(target);
  const done = readRecord(target, 'proof');
  // An attempt that was killed has proven it, and its snapshot is gone.
  if (done?.stamp === stamp && done.plan === sha256) return provenBy(done);
  const { tables } = resolve(plan);
  const begun = performance.now();
  const all = await withSource(target, stamp, (source) =>
    withPostgres(target, ({ client }) => compareAll(source, client, tables)),
  );
  keepDifferences(target, run, all);
  expectEqual(all);
  const milliseconds = Math.round(performance.now() - begun);
  const proof = { stamp, plan: sha256, tables: hashesOf(all), milliseconds };
  if (rehearsed !== undefined) {
    const sum = rehearsed + milliseconds;
    const { schema } = plan;
    writeRecord(target, 'rehearsal', { stamp, plan: sha256, schema, milliseconds: sum });
  }
  writeRecord(target, 'proof', proof);
  dropSnapshots(migrationDirectory(target));
  return provenBy(proof);
}

function provenBy({ tables, milliseconds }: ProofRecord): Proven {
  const hashes = Object.values(tables);
  const rows = hashes.reduce((sum, hash) => sum + Number(hash.rows), 0);
  const note = `${countText(rows, 'row')} of ${countText(hashes.length, 'table')} equal, each value to its last bit`;
  return { tables: hashes.length, rows, milliseconds, note };
}

/** All that are named: a sentence has place for a few. */
function keepDifferences(target: Target, run: string, all: readonly Comparison[]): void {
  const differences = all.flatMap((one) => one.differences);
  const text = `${JSON.stringify(differences, undefined, 2)}\n`;
  if (differences.length > 0) keepEvidence(target, run, 'differences.json', text);
}
