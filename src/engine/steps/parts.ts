import type { StepSystems } from '../../activities/index.ts';
import { reasonOf } from '../run/ending.ts';
import type { LedgerLine } from '../run/ledger.ts';
import type { Call } from '../systems/systems.ts';
import type { Runbooks } from './children.ts';
import { contextFor } from './context-for.ts';

interface Parts<Item, Result> {
  readonly line: LedgerLine;
  readonly items: readonly Item[];
  readonly nameOf: (item: Item) => string;
  readonly work: (systems: StepSystems & Runbooks, item: Item) => Promise<Result>;
  readonly atOnce: number;
  readonly call: Call;
  readonly childrenOf: (part: LedgerLine) => Runbooks;
  readonly update: (line: LedgerLine, change: Partial<LedgerLine>) => void;
}

/**
 * Makes a worker of a line's parts: each call works on those that are not done yet, and rejects with the first failure
 * once all that had begun have settled.
 */
export function openParts<Item, Result>(parts: Parts<Item, Result>): () => Promise<Result[]> {
  const { line, items, nameOf, work, atOnce, call, childrenOf, update } = parts;
  const results: Result[] = [];
  const lines = items.map((item, index): LedgerLine => ({
    number: index + 1,
    id: `${line.id}.${index + 1}`,
    title: nameOf(item),
    state: 'pending',
  }));
  line.parts = lines;

  return async () => {
    const queue = lines.flatMap((part, index) => (part.state === 'done' ? [] : [index]));
    const failures: unknown[] = [];
    const workers = Array.from({ length: Math.min(atOnce, queue.length) }, async () => {
      while (queue.length > 0 && failures.length === 0) await workOn(queue.shift()!, failures);
    });
    await Promise.all(workers);
    if (failures.length > 0) throw failures[0];
    return results;
  };

  async function workOn(index: number, failures: unknown[]): Promise<void> {
    const part = lines[index]!;
    const summary = `${line.number}.${part.number}. ${part.title}`;
    update(part, { state: 'running', startedAt: new Date().toISOString() });
    try {
      results[index] = await work(contextFor(part, summary, call, childrenOf(part)), items[index]!);
      update(part, { state: 'done', finishedAt: new Date().toISOString() });
    } catch (error) {
      const { message } = reasonOf(error);
      update(part, { state: 'failed', finishedAt: new Date().toISOString(), note: message });
      failures.push(error);
    }
  }
}
