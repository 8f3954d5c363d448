import type { SqliteTarget } from '../../../../src/config/schema/target.ts';
import { everyMoment } from '../../../support/every-moment.ts';
import { type Power, withPlace } from '../../../support/power-cut.ts';
import { furnishedIn } from './fixtures.ts';
import { playKilled, playKilledAt, playOn } from './play-killed.ts';
import { play, type Scenario } from './scenarios.ts';

export interface Sweep {
  /** Default: on. */
  readonly power?: Power;
  /** Kills at system calls of this name, wherever they come from. */
  readonly call?: string;
  readonly journal?: 'WAL' | 'DELETE';
  /** Makes the world before each scenario. */
  readonly arrange: (target: SqliteTarget) => Promise<unknown>;
  /** What holds while the process is dead. */
  readonly meanwhile?: (target: SqliteTarget, n: number) => void;
  /** What holds when the call that was killed was called again, and all after it. */
  readonly afterwards: (
    target: SqliteTarget,
    n: number,
    results: unknown[],
  ) => void | Promise<void>;
}

/** Every day one moment of three; all of them in the long run. */
const STRIDE = process.env['RUNBOOK_TESTS'] === 'full' ? 1 : 3;

/** Kills a scenario before its first change, then its second, and so on, each in a fresh world. Tells how many there were, up to the stride. */
export function killEverywhere(scenario: Scenario, sweep: Sweep): Promise<number> {
  return everyMoment(STRIDE, (n) => killAt(scenario, n, sweep));
}

async function killAt(
  scenario: Scenario,
  n: number,
  { power = 'on', call, journal = 'WAL', ...sweep }: Sweep,
): Promise<boolean> {
  return withPlace(power, async ({ directory, settle, cut }) => {
    const target = furnishedIn(directory, journal);
    await sweep.arrange(target);
    settle();
    const { killed, results } = call
      ? await playKilledAt(call, target, scenario, n)
      : await playKilled(target, scenario, n);
    cut();
    if (killed) sweep.meanwhile?.(target, n);
    const goOn = power === 'cut' ? playOn : play;
    await sweep.afterwards(target, n, await goOn(target, scenario, results));
    return killed;
  });
}
