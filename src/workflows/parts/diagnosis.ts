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
