import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { parse, stringify } from 'yaml';
import type { Target } from '../../../config/schema/target.ts';
import type { Stamp } from '../../../config/time/stamp.ts';
import { permanent } from '../../../os/failure.ts';
import { writeDurably } from '../../../os/files/durable-files.ts';
import { ensurePrivate } from '../../../os/files/ensure-private.ts';
import { readOwn } from '../../../os/files/held/read-own.ts';
import { Plan } from './plan.ts';

type Place = Pick<Target, 'state' | 'migration'>;

const HEAD = `# How the SQLite database becomes one of PostgreSQL. Answer each question by one of its choices, and rehearse again:
# "refuse" copies nothing. "sql" needs one more line, "sql: ...", with one statement or expression of PostgreSQL.
# A "type" may be changed, too: bigint, double precision, numeric, text, bytea, boolean, date, timestamp, timestamptz, json.
`;

/** What a migration keeps for itself. */
export function migrationDirectory({ state }: Pick<Target, 'state'>): string {
  return join(state, 'migration');
}

export function planFile(target: Place): string {
  return target.migration?.plan ?? join(migrationDirectory(target), 'plan.yaml');
}

/**
 * The plan as it lies there, and what it is recognised by. Undefined: there is none yet. It holds SQL that is run: one that somebody else can have
 * written is not believed. Errors: `PlanUnanswered` when it cannot be read, `StateUnusable`.
 */
export function readPlan(
  target: Place,
): { readonly plan: Plan; readonly sha256: string } | undefined {
  const file = planFile(target);
  if (!existsSync(file)) return undefined;
  const text = readOwn(file);
  let data: unknown;
  try {
    data = parse(text);
  } catch (error) {
    throw permanent(
      'PlanUnanswered',
      `Cannot read "${file}": ${(error as Error).message.split('\n')[0]}`,
    );
  }
  const read = Plan.safeParse(data);
  if (read.success) return { plan: read.data, sha256: hashOf(read.data) };
  const [issue] = read.error.issues;
  throw permanent(
    'PlanUnanswered',
    `Cannot read "${issue?.path.join('.')}" in "${file}": ${issue?.message}. Put it right, or remove the file to have it written anew`,
  );
}

export function writePlan(
  target: Place,
  plan: Plan,
): { readonly file: string; readonly sha256: string } {
  const file = planFile(target);
  ensurePrivate(target.state);
  ensurePrivate(dirname(file));
  writeDurably(file, `${HEAD}${stringify(plan, { lineWidth: 0 })}`);
  return { file, sha256: hashOf(plan) };
}

/** Of what it says, not of how it is written. */
function hashOf(plan: Plan): string {
  return createHash('sha256').update(JSON.stringify(plan)).digest('hex');
}

/** Keeps the plan by which the application went to PostgreSQL: by it, and no newer one, it comes back. */
export function keepPlan(target: Place, stamp: Stamp, plan: Plan): void {
  writeDurably(keptFile(target, stamp), `${JSON.stringify(plan)}\n`);
}

/** Error: `StateUnusable`. */
export function keptPlan(target: Place, stamp: Stamp): Plan {
  const file = keptFile(target, stamp);
  try {
    return Plan.parse(JSON.parse(readOwn(file)));
  } catch (error) {
    throw permanent(
      'StateUnusable',
      `Cannot read "${file}", the plan of the migration: ${(error as Error).message.split('\n')[0]}`,
    );
  }
}

function keptFile(target: Place, stamp: Stamp): string {
  return join(migrationDirectory(target), `plan-${stamp}.json`);
}
