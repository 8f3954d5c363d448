import type { Ledger } from './ledger.ts';

/** One sentence about an open run: what it does now, or whom it waits for, since when and until when. */
export function explain(ledger: Ledger): string {
  const line = ledger.find(({ state }) => state === 'running' || state === 'waiting');
  if (!line) {
    const next = ledger.find(({ state }) => state === 'pending');
    if (!next) return 'After its last step';
    const why = next.note === undefined ? '' : `: ${next.note}`;
    return `Before step ${next.number}, "${next.title}"${why}`;
  }
  const { number, title, waiting, startedAt, runs = [] } = line;
  const child = runs.at(-1);
  if (!waiting)
    return `In step ${number}, "${title}", since ${startedAt}${child ? `: it runs "${child}"` : ''}`;
  const { why, since, until } = waiting;
  const sentences = {
    decision: `Waiting for a decision on step ${number} since ${since}, undoes at ${until}: ${why}`,
    approval: `Waiting for approval of step ${number} since ${since}, refuses at ${until}: ${why}`,
    resume: `Waiting before step ${number}, "${title}", since ${since}: ${why}`,
  } as const;
  return sentences[waiting.for];
}
