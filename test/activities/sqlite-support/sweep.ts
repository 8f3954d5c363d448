import type { Target } from '../../../src/config/target.ts';
import { withTarget } from './fixtures.ts';
import { playKilled, playKilledAt } from './play-killed.ts';
import { play, type Scenario } from './scenarios.ts';

export interface Sweep {
  /** Kills at system calls of this name, wherever they come from. */
  readonly call?: string;
  readonly journal?: 'WAL' | 'DELETE';
  /** Makes the world before each scenario. */
  readonly arrange: (target: Target) => Promise<unknown>;
  /** What holds while the process is dead. */
  readonly meanwhile?: (target: Target, n: number) => void;
  /** What holds when the call that was killed was called again, and all after it. */
  readonly afterwards: (target: Target, n: number, results: unknown[]) => void | Promise<void>;
}

/** Every day one moment of three; all of them in the long run. */
const STRIDE = process.env['RUNBOOK_TESTS'] === 'full' ? 1 : 3;

/** Kills a scenario before its first change, then its second, and so on, each in a fresh world. Tells how many there were, up to the stride. */
export async function killEverywhere(scenario: Scenario, sweep: Sweep): Promise<number> {
  let next = 1;
  let last = Infinity;
  async function lane(): Promise<void> {
    for (let n = take(); n < last; n = take()) if (!(await killAt(scenario, n, sweep))) last = n;
  }
  await Promise.all([lane(), lane()]);
  return last - 1;

  function take(): number {
    const n = next;
    next += STRIDE;
    return n;
  }
}

async function killAt(scenario: Scenario, n: number, sweep: Sweep): Promise<boolean> {
  let killed = false;
  await withTarget(sweep.journal ?? 'WAL', async (target) => {
    await sweep.arrange(target);
    const ended = sweep.call
      ? await playKilledAt(sweep.call, target, scenario, n)
      : await playKilled(target, scenario, n);
    ({ killed } = ended);
    if (killed) sweep.meanwhile?.(target, n);
    const results = await play(target, scenario, ended.results);
    await sweep.afterwards(target, n, results);
  });
  return killed;
}
