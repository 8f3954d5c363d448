import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import type { Target } from '../../../config/schema/target.ts';
import { Stamp } from '../../../config/time/stamp.ts';
import { writeDurably } from '../../../os/files/durable-files.ts';
import { ensurePrivate } from '../../../os/files/ensure-private.ts';
import { migrationDirectory } from '../plan/plan-file.ts';
import { Print } from '../source/take-snapshot.ts';

/** The last copy that was made, of which snapshot, and by which plan. */
const Copy = z.strictObject({
  stamp: Stamp,
  plan: z.string(),
  /** Of the live database when it was copied with its application stopped. */
  print: Print.optional(),
  milliseconds: z.strictObject({ snapshot: z.number(), copy: z.number(), build: z.number() }),
});
export type CopyRecord = z.infer<typeof Copy>;

const TableHash = z.strictObject({ rows: z.string(), high: z.string(), low: z.string() });

/** The last copy that was found equal. */
const Proof = z.strictObject({
  stamp: Stamp,
  plan: z.string(),
  tables: z.record(z.string(), TableHash),
  milliseconds: z.number(),
});
export type ProofRecord = z.infer<typeof Proof>;

/** The last rehearsal that came to its end. */
const Rehearsal = z.strictObject({
  stamp: Stamp,
  plan: z.string(),
  /** Of the schema of SQLite. */
  schema: z.string(),
  /** All that the application waits for in the cut-over, but its own stop and start. */
  milliseconds: z.number(),
});

/** How long it took to copy the live database, in ms. */
const Snapshot = z.strictObject({ stamp: Stamp, milliseconds: z.number() });

const shapes = { copy: Copy, proof: Proof, rehearsal: Rehearsal, snapshot: Snapshot };
type Shapes = typeof shapes;
type Place = Pick<Target, 'state'>;

/** Undefined: there is none, or none that can be read: then it is made anew. */
export function readRecord<Name extends keyof Shapes>(
  target: Place,
  name: Name,
): z.infer<Shapes[Name]> | undefined {
  try {
    const text = readFileSync(fileOf(target, name), 'utf8');
    return shapes[name].parse(JSON.parse(text)) as z.infer<Shapes[Name]>;
  } catch {
    return undefined;
  }
}

export function writeRecord<Name extends keyof Shapes>(
  target: Place,
  name: Name,
  record: z.infer<Shapes[Name]>,
): void {
  ensurePrivate(target.state);
  ensurePrivate(migrationDirectory(target));
  writeDurably(fileOf(target, name), `${JSON.stringify(record)}\n`);
}

function fileOf(target: Place, name: keyof Shapes): string {
  return join(migrationDirectory(target), `${name}.json`);
}
