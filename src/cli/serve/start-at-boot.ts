import { setTimeout as sleep } from 'node:timers/promises';
import type { Client } from '@temporalio/client';
import { lastBoot, noteBoot } from '../../activities/runtime/boot-record.ts';
import { driverFor } from '../../activities/runtime/driver-for.ts';
import { startRun } from '../../client/runs/start-run.ts';
import type { Target } from '../../config/schema/target.ts';
import { bootId } from '../../os/process/boot-id.ts';
import { readContainment } from '../../state/containment.ts';
import { endedStop, readStopped } from '../../state/stopped.ts';
import { say } from '../output/say.ts';

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
      const before = lastBoot(target);
      if (before === since) return true;
      if (before !== undefined && target.runtime.startAtBoot === true) {
        const until = Date.now() + LIMIT_MILLISECONDS;
        const said = await client.withAbortSignal(over.signal, () =>
          client.withDeadline(until, () => start(target)),
        );
        say(said);
      }
      // Afterwards: whoever dies in between starts what runs already, which harms nobody.
      noteBoot(target, since);
      return true;
    } catch (error) {
      if (over.signal.aborted) return false;
      const { message } = error as Error;
      if (troubles.get(target.name) !== message)
        say(`Warning: Cannot start "${target.name}" with its machine: ${message}`);
      troubles.set(target.name, message);
      return false;
    }
  }

  /** Answers what was done, as a sentence. */
  async function start(target: Target): Promise<string> {
    const { name } = target;
    const kept = whyKeptDown(target);
    if (kept !== undefined) return `${ANEW}. "${name}" stays down. ${kept}`;
    // That it cannot be seen, as while Docker is not up yet, is for the run to wait for.
    const seen = await driverFor(target)
      .describe()
      .catch(() => undefined);
    if (seen?.running) return `${ANEW}. "${name}" runs already: ${seen.detail}`;
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

/** A sentence. A record that cannot be read counts: nobody may think then that it can be started. */
function whyKeptDown(target: Target): string | undefined {
  try {
    return (readContainment(target) ?? readStopped(target) ?? endedStop(target))?.note;
  } catch (error) {
    return (error as Error).message;
  }
}
