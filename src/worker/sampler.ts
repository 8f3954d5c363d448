import { setTimeout as sleep } from 'node:timers/promises';
import type { Target } from '../config/schema/target.ts';
import { inMilliseconds } from '../config/time/duration.ts';
import type { Figure } from '../figures/figure.ts';
import { MISSES, sampleFailed } from '../figures/sample-failed.ts';
import type { Recorded } from '../state/figures/open-figures.ts';
import type { ProcessPool } from '../worker-process/process-pool.ts';
import type { Policies } from './policies.ts';

/** What is measured has its own limits; a sample that takes longer hangs in the system, and its process is ended. */
const LIMIT_MILLISECONDS = 60_000;
/** A proof that failed, or a sample, is asked for again twice, before anybody is woken. */
const SOON_MILLISECONDS = 10_000;
/** So soon another policy takes effect. */
const LOOK_MILLISECONDS = 2000;

export interface Sampling {
  /** Takes a line for people, and the target that it is about. */
  readonly tell: (line: string, target: string) => void;
  /** Is given each sample. What it throws is told. `soon`: the next one is wanted within seconds. */
  readonly judge?: (
    target: Target,
    figures: readonly Figure[],
  ) => Promise<{ readonly soon: boolean }>;
}

interface Options extends Sampling {
  readonly policies: Policies;
  readonly pool: Pick<ProcessPool, 'do'>;
  /** Its turn among the targets of this worker: they are not all measured in the same moment. */
  readonly turn: number;
}

/**
 * Measures one target again and again, as its policy says, and keeps that in its state directory. It is no workflow: 1440 runs a day
 * would be many times all others together. A sample that still goes on is waited for, and those meanwhile are left out; what was not
 * measured stays a gap. Whatever goes wrong is told once, and harms
 * nobody; that nothing can be measured at all is judged, too.
 */
export function startSampler(options: Options): { stop(): Promise<void> } {
  const { policies, pool, turn, tell, judge } = options;
  const over = new AbortController();
  const troubles = new Map<string, string>();
  let misses = 0;
  const ended = loop();

  return {
    async stop() {
      over.abort();
      await ended;
    },
  };

  async function loop(): Promise<void> {
    let due = performance.now() + 1000 * turn;
    while (!over.signal.aborted) {
      const interval = intervalOf(policies.current());
      const begun = performance.now();
      if (interval !== undefined && begun >= due) {
        const soon = await sample(policies.current());
        const taken = performance.now() - begun;
        const usual = interval * Math.max(1, Math.ceil(taken / interval));
        due = begun + (soon ? Math.min(usual, SOON_MILLISECONDS) : usual);
      }
      // What is due by another policy may be sooner.
      if (interval !== undefined) due = Math.min(due, performance.now() + interval);
      const left = Math.max(0, interval === undefined ? Infinity : due - performance.now());
      const pause = Math.min(left, LOOK_MILLISECONDS);
      await sleep(pause, undefined, { signal: over.signal }).catch(() => {});
    }
  }

  async function sample(target: Target): Promise<boolean> {
    const at = new Date().toISOString();
    const figures = await attempt('measure', target, () => measure(target));
    if (!figures) return !over.signal.aborted && missed(target, at);
    misses = 0;
    const recorded = await attempt('keep what was measured of', target, () =>
      job<Recorded>(target, 'figures.record', [figures, at]),
    );
    if (recorded?.begunAnew !== undefined) tell(`Warning: ${recorded.begunAnew}`, target.name);
    // Also when nothing could be kept: a full disk is what people must hear of.
    return judged(target, [...figures, sampleFailed(at, misses)]);
  }

  async function missed(target: Target, at: string): Promise<boolean> {
    misses += 1;
    if (misses < MISSES) return true;
    await judged(target, [sampleFailed(at, misses, troubles.get('measure'))]);
    return false;
  }

  async function judged(target: Target, figures: readonly Figure[]): Promise<boolean> {
    const answer = judge && (await attempt('judge', target, () => judge(target, figures)));
    return answer?.soon ?? false;
  }

  function measure(target: Target): Promise<readonly Figure[]> {
    return job(target, 'health.sample', []);
  }

  /** In a job process: what hangs there can be ended, and what crashes takes no worker along. */
  async function job<Result>(
    target: Target,
    activity: string,
    args: readonly unknown[],
  ): Promise<Result> {
    const late = AbortSignal.timeout(LIMIT_MILLISECONDS);
    const deadline = Date.now() + LIMIT_MILLISECONDS;
    try {
      const run = `sampler/${target.name}`;
      const signal = AbortSignal.any([late, over.signal]);
      return (await pool.do({ target, run, activity, args, deadline }, signal)) as Result;
    } catch (error) {
      if (late.aborted)
        throw new Error(`It took longer than ${LIMIT_MILLISECONDS / 1000} s`, { cause: error });
      throw error;
    }
  }

  /** The same trouble is told once, and its end. */
  async function attempt<Result>(
    what: string,
    { name }: Target,
    work: () => Promise<Result>,
  ): Promise<Result | undefined> {
    try {
      const result = await work();
      if (troubles.delete(what)) tell(`Able to ${what} "${name}" again`, name);
      return result;
    } catch (error) {
      if (over.signal.aborted) return undefined;
      const { message } = error as Error;
      if (troubles.get(what) !== message)
        tell(`Warning: Cannot ${what} "${name}": ${message}`, name);
      troubles.set(what, message);
      return undefined;
    }
  }
}

/** Undefined: it is off. */
function intervalOf({ figures: { every } }: Target): number | undefined {
  return every === 'off' ? undefined : inMilliseconds(every);
}
