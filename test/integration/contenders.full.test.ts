import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect } from 'vitest';
import { reading, unfinishedIn } from '../../src/state/claim-database.ts';
import { test as base } from '../support/run.ts';
import { type Acted, actsIn, overlapsIn } from './contend/acts.ts';
import { compete, type Competed, endOf } from './contend/compete.ts';
import { dice, seedOfThisRun } from './kills/dice.ts';
import { holdersOf } from './survive-kill.ts';

/** From sources: the notes are written into what `acting` marks. */
const test = base.extend({
  jobProcess: fileURLToPath(new URL('../../src/worker-process/job-process.ts', import.meta.url)),
});
const CONTENDERS = Number(process.env['RUNBOOK_CONTENDERS'] ?? 50);
const seed = seedOfThisRun();

describe(`${CONTENDERS} runs that want one target, some of them terminated`, () => {
  test(
    'never act at the same time, by their own notes',
    { timeout: 600_000 },
    async ({ directory, world, runs }) => {
      const file = join(directory, 'acts.jsonl');
      noteActsIn(file);
      const worker = await runs.serve();
      await using parts = new AsyncDisposableStack();
      parts.defer(() => worker.stop());

      const competed = await compete(runs, { count: CONTENDERS, acts: file, throws: dice(seed) });
      const last = await endOf(runs.client, await runs.start('repair'));

      const acts = actsIn(file);
      say(...summaryOf(competed, acts));
      expect(overlapsIn(acts)).toEqual([]);
      expect(competed.filter(({ end }) => end === 'running')).toEqual([]);
      expect(notTakenOver([...competed, last], acts)).toEqual([]);
      expect(holdersOf(world)).toEqual([]);
      expect(await reading(join(world.state, 'claim.db'), unfinishedIn)).toEqual([]);
      // It was a contest: several acted, and some were taken over from.
      expect(new Set(acts.map(({ run }) => run)).size).toBeGreaterThan(CONTENDERS / 5);
      expect(takenOver(competed).size).toBeGreaterThan(0);
    },
  );
});

/** Job processes inherit it; an application does not. */
function noteActsIn(file: string): void {
  const preload = new URL('contend/note-acts.ts', import.meta.url).href;
  process.env['RUNBOOK_ACTS'] = file;
  process.env['NODE_OPTIONS'] = `${process.env['NODE_OPTIONS'] ?? ''} --import=${preload}`.trim();
}

/** Runs that were terminated after they had begun to act, and that no later run names as taken over from. */
function notTakenOver(competed: readonly Competed[], acts: readonly Acted[]): string[] {
  const named = takenOver(competed);
  return competed
    .filter(({ end, wasReleasing }) => end === 'terminated' && !wasReleasing)
    .filter(({ run }) => acts.some((act) => act.run === run))
    .filter(({ run }) => !named.has(run))
    .map(({ run }) => run);
}

function takenOver(competed: readonly Competed[]): ReadonlySet<string> {
  return new Set(competed.flatMap(({ ending }) => ending?.tookOver?.from.split(', ') ?? []));
}

function summaryOf(competed: readonly Competed[], acts: readonly Acted[]): string[] {
  const acted = new Set(acts.map(({ run }) => run));
  const ends = Map.groupBy(competed, ({ run, end, ending }) => {
    const why = ending?.failure && end !== 'stopped' ? ` (${ending.failure.type})` : '';
    return `${run.split('/')[0]} ${end}${why}`;
  });
  return [
    `RUNBOOK_SEED=${seed}: ${competed.length} runs on one target, ${acted.size} of them acted, in ${acts.length} attempts`,
    `  ${overlapsIn(acts).length} overlaps; ${acts.filter(({ ended }) => !ended).length} attempts were ended with -9; ` +
      `${takenOver(competed).size} runs were taken over from`,
    ...[...ends.keys()].toSorted().map((end) => `  ${ends.get(end)!.length} ${end}`),
  ];
}

function say(...lines: readonly string[]): void {
  for (const line of lines) process.stdout.write(`${line}\n`);
}
