import type { StepSystems } from '../../activities/index.ts';
import { consequenceOf } from '../../config/failure-types.ts';
import { type Reason, reasonOf } from '../run/ending.ts';
import type { LedgerLine, LineState } from '../run/ledger.ts';
import type { Call } from '../systems/systems.ts';
import type { Runbooks } from './children.ts';
import { contextFor } from './context-for.ts';
import type { Part } from './step.ts';

interface Parts<Item, Result> {
  readonly line: LedgerLine;
  readonly items: readonly Item[];
  readonly nameOf: (item: Item) => string;
  readonly work: (systems: StepSystems & Runbooks, item: Item) => Promise<Result>;
  readonly atOnce: number;
  readonly call: Call;
  readonly childrenOf: (part: LedgerLine) => Runbooks;
  readonly update: (line: LedgerLine, change: Partial<LedgerLine>) => void;
  /** Set when one that fails keeps no other from being done. */
  readonly byItself?: ByItself<Result>;
}

interface ByItself<Result> {
  /** Why no other part must begin any more, as text. */
  readonly late: () => string | undefined;
  /** Whether an error means that a plan has come to its first act. */
  readonly isPlanned: (reason: Reason) => boolean;
  /** In the order of the items: how each of them ended. */
  readonly ends: Part<Result>[];
}

/**
 * Makes a worker of a line's parts: each call works on those that are not done yet, and rejects with the first failure
 * once all that had begun have settled.
 */
export function openParts<Item, Result>(parts: Parts<Item, Result>): () => Promise<Result[]> {
  const { line, items, nameOf, work, atOnce, call, childrenOf, update, byItself } = parts;
  const results: Result[] = [];
  const lines = partsOf(line, items.map(nameOf));
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
    const late = byItself?.late();
    if (late !== undefined) {
      update(part, { state: 'omitted', note: late });
      return endOne(index, { leftOut: late });
    }
    update(part, { state: 'running', startedAt: new Date().toISOString() });
    try {
      results[index] = await work(contextFor(part, summary, call, childrenOf(part)), items[index]!);
      update(part, { state: 'done', finishedAt: new Date().toISOString() });
      endOne(index, { result: results[index] });
    } catch (error) {
      const reason = reasonOf(error);
      const { type, message } = reason;
      update(part, { state: 'failed', finishedAt: new Date().toISOString(), note: message });
      const endsAll = consequenceOf(type) === 'abort' || byItself?.isPlanned(reason);
      if (!byItself || endsAll) failures.push(error);
      else endOne(index, { failure: message });
    }
  }

  function endOne(index: number, how: Omit<Part<Result>, 'name'>): void {
    if (byItself) byItself.ends[index] = { name: lines[index]!.title, ...how };
  }
}

/** One for each title. */
export function partsOf({ id }: LedgerLine, titles: readonly string[]): LedgerLine[] {
  return titles.map((title, index) => ({
    number: index + 1,
    id: `${id}.${index + 1}`,
    title,
    state: 'pending',
  }));
}

/** How a line stands whose parts were each worked on by itself. */
export function endOfParts(
  { title }: LedgerLine,
  ends: readonly Part<unknown>[],
): { readonly state: LineState; readonly note: string; readonly notDone: readonly string[] } {
  const failures = ends.filter(({ failure }) => failure !== undefined);
  const leftOut = ends.filter((end) => end.leftOut !== undefined);
  const notDone = ends.flatMap(({ name, failure, leftOut: late }) => {
    const why = failure ?? late;
    return why === undefined ? [] : [`${title}, ${name}: ${why}`];
  });
  const done = ends.length - notDone.length;
  const note = [
    ...(notDone.length > 0 ? [`${done} of ${ends.length} done`] : []),
    ...(failures.length > 0 ? [`failed: ${namesOf(failures)}`] : []),
    ...(leftOut.length > 0 ? [`left out: ${namesOf(leftOut)}`] : []),
  ].join('; ');
  const state = failures.length > 0 ? 'failed' : done === 0 && ends.length > 0 ? 'omitted' : 'done';
  return { state, note, notDone };
}

function namesOf(ends: readonly Part<unknown>[]): string {
  return ends.map(({ name }) => name).join(', ');
}
