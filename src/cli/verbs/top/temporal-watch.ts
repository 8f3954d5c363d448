import type { Client } from '@temporalio/client';
import { connect } from '../../../client/connection/connect.ts';
import { unreachableErrorOf } from '../../../client/connection/unreachable-error-of.ts';
import type { Target } from '../../../config/schema/target.ts';
import { linesFrom, noAnswer } from '../../local/status/temporal-lines.ts';
import type { Asked } from './top-state.ts';

/** How long one target's answer is waited for. */
const WITHIN_MILLISECONDS = 10_000;

export interface TemporalWatch {
  /** What came last, by the name of the target. */
  readonly answers: ReadonlyMap<string, Asked>;
  /** Asks for all targets, one after the other; never fails, for what does not answer is an answer. */
  ask(): Promise<void>;
  close(): Promise<void>;
}

/** Asks Temporal for some targets again and again, over one connection while it lasts. */
export function watchTemporal(
  targets: readonly Target[],
  notify: () => void = () => {},
): TemporalWatch {
  const answers = new Map<string, Asked>();
  let client: Client | undefined;
  let isClosed = false;

  return {
    answers,
    async ask() {
      for (const [index, target] of targets.entries()) {
        const { lines, isLost } = await askFor(target);
        if (isClosed) return;
        const asked = { at: Date.now(), lines };
        // For all others it would not answer either, each after so many seconds.
        for (const { name } of isLost ? targets.slice(index) : [target]) answers.set(name, asked);
        notify();
        if (isLost) return;
      }
    },
    async close() {
      isClosed = true;
      await client?.connection.close();
    },
  };

  async function askFor(target: Target): Promise<Pick<Asked, 'lines'> & { isLost: boolean }> {
    try {
      client ??= await connect();
    } catch (error) {
      return { lines: [noAnswer(error as Error)], isLost: true };
    }
    const asked = client;
    try {
      const lines = await asked.withDeadline(Date.now() + WITHIN_MILLISECONDS, () =>
        linesFrom(asked, target),
      );
      return { lines, isLost: false };
    } catch (error) {
      const isLost = unreachableErrorOf(error, asked) !== undefined;
      if (isLost && !isClosed) {
        client = undefined;
        void asked.connection.close();
      }
      return { lines: [noAnswer(error as Error, asked)], isLost };
    }
  }
}
