/**
 * The process that reads what metrics tell of the targets: a disk that hangs, or years of runs, keep no worker from its work. It answers each
 * target as it is asked, in that order, and ends with who started it.
 */
import type { Target } from '../../../config/schema/target.ts';
import { type BesideSamples, besideSamples } from './beside-samples.ts';
import { openRunTally, type RunTally } from './tally-runs.ts';

/** What it answers. */
export interface Read extends BesideSamples {
  readonly target: string;
}

/** By the state directory: what of the audit was read once is not read again. */
const tallies = new Map<string, () => readonly RunTally[]>();

process.on('disconnect', () => process.exit());
process.on('message', (target: Target) => {
  const tally = tallies.get(target.state) ?? openRunTally(target.state);
  tallies.set(target.state, tally);
  process.send!({
    target: target.name,
    ...besideSamples(target, tally, Date.now()),
  } satisfies Read);
});
