import type { Evidence } from '../../state/evidence.ts';
import type { Choice } from './interventions.ts';

/**
 * The state of every line of a run: the one source for Temporal UI, CLI and reports.
 * Plain data, so that it travels through queries, results and failures unchanged.
 */
export interface LedgerLine {
  /** Counts from 1, as in the manual. */
  readonly number: number;
  readonly id: string;
  readonly title: string;
  state: LineState;
  /** How often people let it be tried, counted from 1. Temporal's own retries are within one attempt. */
  attempt?: number;
  /** Set while the line waits for a person. */
  waiting?: Waiting;
  /** What came of it, as text: the result of a line that is done, the reason of one that failed. */
  note?: string;
  /** The workflow ids of the runbooks that it ran. */
  runs?: string[];
  /** Files that show what was found or made. */
  evidence?: Evidence[];
  /** ISO 8601, UTC. */
  startedAt?: string;
  finishedAt?: string;
  /** 4.1, 4.2, ...: what the line does for one item each. */
  parts?: LedgerLine[];
}

export interface Waiting {
  readonly for: 'decision' | 'approval' | 'resume';
  /** What the person must know. */
  readonly why: string;
  /** What a decision may be. Missing: it is none, or an older worker asks. */
  readonly choices?: readonly Choice[];
  /** ISO 8601, UTC. */
  readonly since: string;
  /** When nobody answers, the wait ends then: a step that failed is undone, an approval is refused. */
  readonly until?: string;
}

export type LineState =
  | 'pending'
  | 'running'
  /** For a person. */
  | 'waiting'
  | 'done'
  | 'failed'
  /** Its effect was put back. */
  | 'undone'
  /** A person decided to go on without it. */
  | 'skipped'
  /** Its effect could not be put back: people must. */
  | 'left'
  /** This run did not need it. */
  | 'omitted'
  /** The run was only a plan: it would be done. */
  | 'planned'
  /** The run ended before it. */
  | 'unreached';

export type Ledger = LedgerLine[];

export function openLedger(plan: Readonly<Record<string, string>>): Ledger {
  return Object.entries(plan).map(([id, title], index) => ({
    number: index + 1,
    id,
    title,
    state: 'pending',
  }));
}

/** `rest`: what becomes of the lines that never began. */
export function closeLedger(ledger: Ledger, rest: 'unreached' | 'planned' = 'unreached'): Ledger {
  for (const line of ledger) {
    if (line.state === 'pending') line.state = rest;
    if (line.parts) closeLedger(line.parts, rest);
  }
  return ledger;
}

/** The ledger as Temporal UI shows it: a Markdown table. */
export function ledgerTable(ledger: Ledger): string {
  const rows = ledger.flatMap((line) => [
    row(`${line.number}`, line),
    ...(line.parts ?? []).map((part) => row(`${line.number}.${part.number}`, part)),
  ]);
  return ['| # | step | state | note |', '| --- | --- | --- | --- |', ...rows].join('\n');
}

function row(number: string, { id, title, state, note, waiting }: LedgerLine): string {
  return `| ${number} | ${cell(title)} (\`${id}\`) | ${state} | ${cell(waiting?.why ?? note ?? '')} |`;
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|').replaceAll('\n', ' ');
}
