import { CancellationScope } from '@temporalio/workflow';
import { reasonOf } from '../run/ending.ts';
import type { LedgerLine } from '../run/ledger.ts';
import { type Call, systemsFor } from '../systems/systems.ts';
import { isLeave, type Undo as PutBack } from './step.ts';

export interface Undone {
  /** How many effects were put back. */
  readonly undone: number;
  /** What was not, as text. */
  readonly left: readonly string[];
}

interface Undo {
  readonly line: LedgerLine;
  readonly undo: PutBack;
}

/** What puts the effects of a run back. */
export function openUndos(
  call: Call,
  update: (line: LedgerLine, change: Partial<LedgerLine>) => void,
) {
  let undos: Undo[] = [];

  return {
    register(undo: Undo): void {
      undos.push(undo);
    },

    drop(line: LedgerLine): void {
      undos = undos.filter((undo) => undo.line !== line);
    },

    /** Undo what was begun, last first. One undo that fails does not stop the others. */
    async undoAll(): Promise<Undone> {
      const left: string[] = [];
      for (const { line, undo } of undos.toReversed()) {
        const text = await undoOne(line, undo);
        if (text !== undefined) left.push(text);
      }
      return { undone: undos.length - left.length, left };
    },
  };

  /** What is left to do, as text, if anything is. */
  async function undoOne(line: LedgerLine, undo: PutBack): Promise<string | undefined> {
    try {
      const answer = await CancellationScope.nonCancellable(() =>
        undo(systemsFor(line, `${line.number}. Undo: ${line.title}`, call)),
      );
      if (isLeave(answer)) {
        update(line, { state: 'left', note: answer.leave });
        return answer.leave;
      }
      // The line that failed stays the one that failed: it is what people look for.
      if (line.state === 'failed') update(line, { note: `${line.note}; undone` });
      else update(line, { state: 'undone' });
      return undefined;
    } catch (error) {
      const { message } = reasonOf(error);
      update(line, { state: 'left', note: `Cannot undo: ${message}` });
      return `Undo "${line.title}" by hand: ${message}`;
    }
  }
}
