import type { Repair } from '../../activities/troubleshoot/access/database-access.ts';

/** What every troubleshooting runbook answers: one shape, so that reports and the runbooks that call it read them alike. */
export interface Diagnosis {
  /** What is wrong, and what would help where the runbook cannot: sentences. */
  readonly diagnosis: string;
  /** What was seen, a sentence each. */
  readonly evidence: readonly string[];
  /** The repairs that were tried, by their lines, in their order. */
  readonly tried: readonly string[];
  /** Those after which it was better, by their lines. Empty: none. */
  readonly helped: string;
}

/** What `application-not-starting` answers. */
export interface NotStarting extends Diagnosis {
  /** Missing: it works, is kept down, or was started. */
  readonly down: Down | undefined;
}

/** What whoever brings it up needs to know besides. */
interface Down {
  readonly running: boolean;
  /** Why it does not work. */
  readonly why: string;
  /** Nothing helps against these, and only people know what may go. */
  readonly beyondUs: readonly string[];
  /** All causes, a sentence each. */
  readonly found: readonly string[];
  /** What is wrong with the database, or who has it locked. One that cannot be judged here is no cause. */
  readonly database: string | undefined;
  readonly cache: string | undefined;
  readonly changes: readonly string[];
  /** What was changed of the database's owner and mode: whoever undoes all takes it back. */
  readonly repaired: readonly Repair[];
}

/** Of an application that people keep down: nothing is wrong with it. */
export function ofKeptDown(note: string): Diagnosis {
  return { diagnosis: note, evidence: [], tried: [], helped: '' };
}

/** What is said of `host.resources`. */
export function resourcesText({ notes, concerns }: Resources): string {
  return concerns.length > 0 ? `Above the limits: ${concerns.join('; ')}` : notes.join('; ');
}

interface Resources {
  readonly notes: readonly string[];
  readonly concerns: readonly string[];
}

/** Sentences in one text. Those that are missing are left out, and so is what is said twice. */
export function sentences(...texts: readonly (string | undefined)[]): string {
  const said = texts.filter((text) => text !== undefined && text !== '');
  return [...new Set(said)].join('. ');
}
