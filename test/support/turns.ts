import { createHash } from 'node:crypto';
import { isBounded, today } from './bounded.ts';

/** So many days pass until all long tests have had their turn. */
const TURNS = 3;
/** It takes turns of its own, cell by cell. */
const EVERY_DAY = ['test/faults/every-runbook.full.test.ts'];

/** The files of long tests that are left out today: where time is bounded, each has its turn on one day of three. */
export function leftOut(
  files: readonly string[],
  { bounded = isBounded, day = today } = {},
): string[] {
  if (!bounded) return [];
  return files.filter((file) => !EVERY_DAY.includes(file) && turnOf(file) !== day % TURNS);
}

/** By its name alone: that others come and go moves no file to another day. */
function turnOf(file: string): number {
  return createHash('sha256').update(file).digest().readUInt32BE(0) % TURNS;
}
