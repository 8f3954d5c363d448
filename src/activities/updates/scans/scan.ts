import type { Target } from '../../../config/schema/target.ts';
import { inMilliseconds } from '../../../config/time/duration.ts';
import type { Updates } from '../../../config/schema/upkeep/updates.ts';
import { failureOf } from '../../../os/failure-of.ts';
import { asApplication } from '../../../os/owner/as-application.ts';
import { run } from '../../../os/process/command.ts';
import type { Evidence } from '../../../state/evidence.ts';

/**
 * What a scanner found. `clean` only when it also reported, in the same call, what we had put there for it to find, and skipped nothing:
 * scanners end with 0 when they could not reach their source, or could not read a file.
 */
type ScanOutcome = 'findings' | 'clean' | 'unknown';

export interface Scan {
  readonly outcome: ScanOutcome;
  /** How many. Of an unknown one: at least. */
  readonly findings: number;
  /** The first ones, as text: where and what, never a line of the code. */
  readonly shown: readonly string[];
  readonly note: string;
  readonly evidence: readonly Evidence[];
}

/** So many stand in the ledger. All are in the evidence. */
const SHOWN = 20;

export interface ScanFound {
  readonly texts: readonly string[];
  /** Why it says less than it seems. Missing: it looked at everything. */
  readonly incomplete?: string;
}

/** The verdict, by what was found and whether what was planted is among it. */
export function judge(
  { texts, incomplete }: ScanFound,
  foundPlanted: boolean,
): Omit<Scan, 'evidence'> {
  const why =
    incomplete ?? (foundPlanted ? undefined : 'it did not find what was put there for it');
  const shown = texts.slice(0, SHOWN);
  const findings = texts.length;
  const more = why === undefined ? '' : `. Unknown is the rest: ${why}`;
  if (findings > 0)
    return { outcome: 'findings', findings, shown, note: `${findings} found${more}` };
  if (why === undefined) return { outcome: 'clean', findings, shown, note: 'None found' };
  return { outcome: 'unknown', findings, shown, note: `Unknown: ${why}` };
}

export function unknown(why: string): Scan {
  return { outcome: 'unknown', findings: 0, shown: [], note: `Unknown: ${why}`, evidence: [] };
}

/** With the rights of the application's owner. Answers why it said nothing, as text, when it could not be run. */
export async function outputOf(
  target: Target,
  { timeout }: Updates,
  command: readonly string[],
): Promise<{ readonly stdout: string } | { readonly why: string }> {
  const { command: words, ids, environment } = asApplication(target, command);
  const [file, ...args] = words;
  try {
    const options = { timeout: inMilliseconds(timeout), cwd: target.directory, environment, ids };
    // 1: it has found something, or could not do its work. Which of them its output says.
    return await run(file, args, { ...options, answers: [1] });
  } catch (error) {
    return { why: failureOf(error).message.slice(0, 500) };
  }
}

/** Undefined: it is no JSON. */
export function jsonIn(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
