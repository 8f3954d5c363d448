import { once } from 'node:events';
import { inject } from 'vitest';
import { alertActivities } from '../../src/activities/alerts/alert-activities.ts';
import { createSystems } from '../../src/activities/index.ts';
import { catalogue } from '../../src/client/catalogue.ts';
import { viewRun } from '../../src/client/runs/view-run.ts';
import type { SqliteTarget } from '../../src/config/schema/target.ts';
import type { Ending } from '../../src/engine/run/ending.ts';
import { acts } from '../../src/os/acting.ts';
import { holdersOf, startWorkerProcess } from '../integration/survive-kill.ts';
import { broken } from '../support/broken.ts';
import type { Around, Runs } from '../support/run.ts';
import { arrange, type Before, type Scene } from './before.ts';
import type { Example } from './example.ts';
import { type FaultName, faults, UNDO_FAILED, WORKER_KILLED } from './faults.ts';
import { violations } from './invariants.ts';

export interface Cell {
  readonly runbook: string;
  readonly call: string;
  readonly fault: FaultName;
  /** Which of the runbook's other examples it belongs to, by its title. Missing: to the first. */
  readonly of?: string;
}

const straight: Around = (_activity, work) => work();

/** Plays one fault at one call in a world of its own, and answers what is wrong afterwards. */
export async function play(scene: Scene, example: Example, cell: Cell): Promise<string[]> {
  if (cell.fault === WORKER_KILLED) return playKilled(scene, example, cell);
  if (cell.fault === UNDO_FAILED) return playUndoFailed(scene, example, cell);
  const { runs, world } = scene;
  const fault = faults[cell.fault];
  let around = straight;
  const worker = await runs.serve((...call) => around(...call));
  try {
    const before = await arrange(scene, example);
    let struck = false;
    const acted = Promise.withResolvers<void>();
    const othersStarted = Promise.withResolvers<void>();
    const acting = recorder(world);
    around = async (activity, work) => {
      if (struck) {
        const result = await work();
        if (acting.note(activity)) acted.resolve();
        if (activity === 'runtime.start') othersStarted.resolve();
        return result;
      }
      if (activity !== cell.call) return work();
      struck = true;
      const handle = runs.client.workflow.getHandle(run);
      return fault.hit(work, {
        call: cell.call,
        world,
        acted: acted.promise,
        othersStarted: othersStarted.promise,
        cancel: () => handle.cancel(),
        terminate: () => handle.terminate('a fault'),
      });
    };
    const run = await runs.start(cell.runbook, example.input(before), approvalOf(example));
    const first = await endingOf(runs, run);
    const notStruck = struck ? [] : [`"${cell.call}" was never called`];
    if (!('terminates' in fault)) {
      const seen = expectEnding(first, run);
      const wrong = 'succeeds' in fault ? notDone(seen) : [];
      return [...notStruck, ...wrong, ...(await judge(scene, example, before, seen))];
    }
    // Who claims nothing leaves nothing to be taken over.
    const beside = catalogue.get(cell.runbook)!.beside === true;
    const dirty =
      holdersOf(world).includes(run) === beside ? ['the claim does not name the dead run'] : [];
    const repairs = 'repairs' in fault;
    const next = repairs
      ? await runs.start('repair')
      : await runs.start('database-recovery', { backup: before.backup });
    const seen = expectEnding(await endingOf(runs, next), next);
    const told =
      beside ||
      seen.notices.some(
        ({ message }) =>
          message.includes('Took the target over from') && message.includes(`"${run}"`),
      )
        ? []
        : ['nobody was notified of the take-over'];
    const judged = await judge(scene, example, before, seen, repairs ? 'repaired' : 'recovered');
    const again = repairs ? await playAgain(scene, example, before, cell) : [];
    return [...notStruck, ...dirty, ...told, ...judged, ...again];
  } finally {
    await worker.stop();
  }
}

/** What was repaired is as good as before: the same runbook ends done. */
async function playAgain({ runs }: Scene, example: Example, before: Before, { runbook }: Cell) {
  if (example.onceOnly) return [];
  const run = await runs.start(runbook, example.input(before), approvalOf(example));
  return notDone(expectEnding(await endingOf(runs, run), run)).map((text) => `again, ${text}`);
}

/** The worker dies with -9 a moment after it took the call, and another one goes on. */
async function playKilled(scene: Scene, example: Example, { runbook, call }: Cell) {
  const { runs, world } = scene;
  const first = await runs.serve();
  const before = await arrange(scene, example);
  await first.stop();
  const dying = await startWorkerProcess({
    ...inject('temporal'),
    target: world,
    queue: runs.queue,
    codePath: inject('workflowBundle'),
    kill: { activity: call, when: 'during' },
  });
  const dead = once(dying, 'exit');
  const run = await runs.start(runbook, example.input(before), approvalOf(example));
  await dead;
  const second = await runs.serve();
  try {
    const seen = expectEnding(await endingOf(runs, run), run);
    return [...notDone(seen), ...(await judge(scene, example, before, seen))];
  } finally {
    await second.stop();
  }
}

/** The run is undone, and one call of its undo fails for good: the others are made, and what is left is named. */
async function playUndoFailed(scene: Scene, example: Example, { runbook, call }: Cell) {
  const { runs, world } = scene;
  let around = straight;
  const worker = await runs.serve((...call) => around(...call));
  try {
    const before = await arrange(scene, example);
    const record = recorder(world);
    let undoing = false;
    around = async (activity, work) => {
      if (undoing) record.note(activity);
      if (undoing && activity === call) throw broken('It cannot be undone');
      if (activity !== example.undone?.by) return work();
      undoing = true;
      throw broken('It cannot be done');
    };
    const run = await runs.start(runbook, example.input(before), approvalOf(example));
    const seen = expectEnding(await endingOf(runs, run), run);
    const { calls, chain = [] } = example.undone!;
    const after = chain.includes(call as never) ? chain.slice(chain.indexOf(call as never)) : [];
    const missed = calls.filter((type) => !record.types.includes(type) && !after.includes(type));
    return [
      ...missed.map((type) => `"${type}" was not called`),
      ...(seen.left.length > 0 ? [] : ['nothing is named as left to do']),
      ...seen.left
        .filter((text) => !seen.notices.some(({ message }) => message.includes(text)))
        .map((text) => `nobody was notified: ${text}`),
      ...(await judge(scene, example, before, seen)),
    ];
  } finally {
    await worker.stop();
  }
}

/** Runs a runbook undisturbed, or failing where its example says, and answers how it ended and the acting calls it made, or its undo. */
export async function record(scene: Scene, runbook: string, example: Example, failing?: string) {
  const { runs, world } = scene;
  const acting = recorder(world);
  let around = straight;
  const worker = await runs.serve((...call) => around(...call));
  try {
    const before = await arrange(scene, example);
    let noting = failing === undefined;
    around = async (activity, work) => {
      if (noting) acting.note(activity);
      if (activity !== failing) return work();
      noting = true;
      throw broken('It cannot be done');
    };
    const run = await runs.start(runbook, example.input(before), approvalOf(example));
    const { outcome } = expectEnding(await endingOf(runs, run), run);
    return { outcome, calls: acting.types };
  } finally {
    await worker.stop();
  }
}

function approvalOf({ approve }: Example): Parameters<Runs['start']>[2] {
  return approve && { approve, because: 'it is played' };
}

/** Notes the types of acting calls, in order. */
function recorder(world: SqliteTarget) {
  const systems = {
    ...createSystems(world, ''),
    alerts: alertActivities(world),
  } as unknown as Record<string, Record<string, object>>;
  const types: string[] = [];
  return {
    types,
    /** Answers whether it is an acting one. */
    note(type: string): boolean {
      const [system, action] = type.split('.') as [string, string];
      const activity = systems[system]?.[action];
      const is = activity !== undefined && acts(activity);
      if (is) types.push(type);
      return is;
    },
  };
}

function judge(
  { world, systems, database }: Scene,
  example: Example,
  before: Before,
  ending: Ending,
  tookOver?: 'recovered' | 'repaired',
): Promise<string[]> {
  return violations({
    world,
    systems,
    ...(database && { database }),
    before,
    example,
    ending,
    ...(tookOver && { tookOver }),
  });
}

async function endingOf({ client }: Runs, run: string): Promise<Ending | undefined> {
  await client.workflow
    .getHandle(run)
    .result()
    .catch(() => {});
  return (await viewRun(client, run)).ending;
}

function notDone({ outcome, failure }: Ending): string[] {
  return outcome === 'done' ? [] : [`it ended ${outcome}: ${failure?.message}`];
}

function expectEnding(ending: Ending | undefined, run: string): Ending {
  if (!ending) throw new Error(`"${run}" has no ending`);
  return ending;
}
