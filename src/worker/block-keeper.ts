import { setTimeout as sleep } from 'node:timers/promises';
import { hasBlocks } from '../activities/security/block/block-record.ts';
import type { ProcessPool } from '../worker-process/process-pool.ts';
import type { Policies } from './policies.ts';

interface Options {
  readonly policies: Policies;
  readonly pool: Pick<ProcessPool, 'do'>;
  /** Takes a line for people, and the target that it is about. */
  readonly tell: (line: string, target: string) => void;
  /** Between two looks, in ms. */
  readonly interval?: number;
}

/** A restart of the firewall is noticed within it. */
const INTERVAL = 20_000;
const LIMIT = 60_000;

/**
 * Looks whether the addresses that are blocked still are, as long as there are any: somebody else may load rules of his own, or the host
 * start anew. No workflow: nothing waits for it, and each look is whole by itself. What goes wrong is told once.
 */
export function startBlockKeeper({ policies, pool, tell, interval = INTERVAL }: Options): {
  stop(): Promise<void>;
} {
  const over = new AbortController();
  let trouble: string | undefined;
  const ended = loop();
  return {
    async stop() {
      over.abort();
      await ended;
    },
  };

  async function loop(): Promise<void> {
    while (!over.signal.aborted) {
      await look();
      await sleep(interval, undefined, { signal: over.signal }).catch(() => {});
    }
  }

  async function look(): Promise<void> {
    const target = policies.current();
    try {
      if (!hasBlocks(target)) return;
      const call = {
        target,
        run: `block-keeper/${target.name}`,
        activity: 'security.restoreBlocks',
        args: [],
        deadline: Date.now() + LIMIT,
      };
      const signal = AbortSignal.any([AbortSignal.timeout(LIMIT), over.signal]);
      const { note } = (await pool.do(call, signal)) as { readonly note?: string };
      if (note !== undefined) tell(`Warning: ${note}`, target.name);
      if (trouble !== undefined)
        tell(`Able to look after the blocks of "${target.name}" again`, target.name);
      trouble = undefined;
    } catch (error) {
      if (over.signal.aborted) return;
      const { message } = error as Error;
      if (trouble !== message)
        tell(`Warning: Cannot look after the blocks of "${target.name}": ${message}`, target.name);
      trouble = message;
    }
  }
}
