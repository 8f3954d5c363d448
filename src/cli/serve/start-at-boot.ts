import { setTimeout as sleep } from 'node:timers/promises';
import type { Client } from '@temporalio/client';
import { startRun } from '../../client/runs/start-run.ts';
import type { Target } from '../../config/schema/target.ts';
import { bootId } from '../../os/process/boot-id.ts';
import { sinceBoot } from '../local/since-boot.ts';
import { sayOf } from '../output/say.ts';

const AGAIN_MILLISECONDS = 10_000;
const LIMIT_MILLISECONDS = 10_000;
const ANEW = 'This machine started anew';

interface Options {
  readonly queue?: string;
  /** Of the machine, as the kernel names it. */
  readonly boot?: string | undefined;
}

/**
 * Starts what `runtime.startAtBoot` says is ours to start, once for each start of the machine, by a run of start-application. What runs is left
 * alone; what is contained, or was stopped on purpose, stays down. A target that was never served from here before is not started:
 * nobody has wanted it to run here yet. What goes wrong is told once, and tried again.
 */
export function startAtBoot(
  client: Client,
  targets: readonly Target[],
  { queue, boot = bootId() }: Options = {},
): { stop(): Promise<void> } {
  const over = new AbortController();
  const troubles = new Map<string, string>();
  const ended = boot === undefined ? Promise.resolve() : loop(boot);

  return {
    async stop() {
      over.abort();
      await ended;
    },
  };

  async function loop(since: string): Promise<void> {
    const waiting = new Set(targets);
    while (waiting.size > 0 && !over.signal.aborted) {
      for (const target of waiting) if (await isDone(target, since)) waiting.delete(target);
      if (waiting.size === 0) return;
      await sleep(AGAIN_MILLISECONDS, undefined, { signal: over.signal }).catch(() => {});
    }
  }

  async function isDone(target: Target, since: string): Promise<boolean> {
    try {
      const { last, note } = sinceBoot(target);
      const before = last();
      if (before === since) return true;
      if (before !== undefined && target.runtime.startAtBoot === true) {
        const until = Date.now() + LIMIT_MILLISECONDS;
        const said = await client.withAbortSignal(over.signal, () =>
          client.withDeadline(until, () => start(target)),
        );
        sayOf({ target: target.name }, said);
      }
      // Afterwards: whoever dies in between starts what runs already, which harms nobody.
      note(since);
      return true;
    } catch (error) {
      if (over.signal.aborted) return false;
      const { message } = error as Error;
      if (troubles.get(target.name) !== message)
        sayOf(
          { target: target.name },
          `Warning: Cannot start "${target.name}" with its machine: ${message}`,
        );
      troubles.set(target.name, message);
      return false;
    }
  }

  /** Answers what was done, as a sentence. */
  async function start(target: Target): Promise<string> {
    const { name } = target;
    const seen = sinceBoot(target);
    const kept = seen.keptDown();
    if (kept !== undefined) return `${ANEW}. "${name}" stays down. ${kept}`;
    // That it cannot be seen is for the run to wait for.
    const running = await seen.running();
    if (running !== undefined) return `${ANEW}. "${name}" runs already: ${running}`;
    const run = await startRun(client, {
      runbook: 'start-application',
      target: name,
      input: {},
      by: 'worker',
      because: 'this machine started anew, and "runtime.startAtBoot" says that we start it',
      automatic: true,
      ...(queue !== undefined && { queue }),
    });
    return `${ANEW}. Started ${run}`;
  }
}
