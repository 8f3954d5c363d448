import { setTimeout as sleep } from 'node:timers/promises';
import { WorkflowNotFoundError } from '@temporalio/client';
import { viewRun } from '../../../src/client/runs/view-run.ts';
import { violations } from '../../faults/invariants.ts';
import { example } from '../../runbooks/database-recovery/example.ts';
import { dice } from './dice.ts';
import type { DoomedServer } from './doomed-server.ts';
import { type Resumption, resumptionOf } from './resumption.ts';
import type { TargetUnderFire } from './target-under-fire.ts';

export interface Played {
  readonly run: string;
  readonly outcome: string;
  /** The kill that was meant for it. */
  readonly kill: { readonly what: 'worker' | 'server'; readonly milliseconds: number };
  /** Every kill that struck it: the server's strike all targets. Empty: it had ended before. */
  readonly struck: readonly Resumption[];
  /** What does not hold afterwards, as text. */
  readonly wrong: readonly string[];
}

/** Kills of the server strike every run there is: most are left to the workers. */
const SHARE_OF_SERVER = 0.25;
/** Longer than any run takes that goes on: a heartbeat's silence for each kill, and what a busy machine needs. */
const STUCK_AFTER_MILLISECONDS = 180_000;

/** Recoveries of one target, one after the other, each with a kill at a random moment, until `wanted` have been struck. */
export async function playRecoveries(
  target: TargetUnderFire,
  server: DoomedServer,
  { wanted, seed, tell }: { wanted: number; seed: number; tell: (played: Played) => void },
): Promise<Played[]> {
  const throws = dice(seed);
  const usual = await usualMilliseconds(target, server);
  const all: Played[] = [];
  for (let struck = 0; struck < wanted;) {
    const what = throws() < SHARE_OF_SERVER ? 'server' : 'worker';
    const played = await play(target, server, { what, milliseconds: throws() * usual });
    all.push(played);
    tell(played);
    if (played.struck.length > 0 || played.wrong.length > 0) struck += 1;
  }
  return all;
}

async function usualMilliseconds(target: TargetUnderFire, server: DoomedServer): Promise<number> {
  target.arm();
  const run = await target.start();
  const begun = Date.now();
  await server.client.workflow.getHandle(run).result();
  return Date.now() - begun;
}

async function play(
  { world, systems, worker, ...target }: TargetUnderFire,
  server: DoomedServer,
  kill: Played['kill'],
): Promise<Played> {
  await server.up();
  const before = target.arm();
  const run = await target.start();
  await sleep(kill.milliseconds);
  await (kill.what === 'server' ? server : worker).kill();

  const fate = await fateOf(server, run);
  if (fate !== 'closed') return { run, outcome: fate, kill, struck: [], wrong: [`it is ${fate}`] };
  const { ending, status } = await viewRun(server.client, run);
  const { events } = await server.client.workflow.getHandle(run).fetchHistory();
  const strike = (what: 'worker' | 'server') => (at: number) =>
    resumptionOf(events ?? [], { what, at }) ?? [];
  const struck = [
    ...worker.kills.flatMap(strike('worker')),
    ...server.kills.flatMap(strike('server')),
  ];
  if (!ending) return { run, outcome: status, kill, struck, wrong: ['it has no ending'] };
  const wrong = await violations({ world, systems, before, example, ending });
  return { run, outcome: ending.outcome, kill, struck, wrong };
}

async function fateOf(server: DoomedServer, run: string): Promise<'closed' | 'lost' | 'stuck'> {
  const handle = server.client.workflow.getHandle(run);
  for (const end = Date.now() + STUCK_AFTER_MILLISECONDS; Date.now() < end; await sleep(100)) {
    await server.up();
    try {
      const { status } = await handle.describe();
      if (status.name !== 'RUNNING') return 'closed';
    } catch (error) {
      if (error instanceof WorkflowNotFoundError) return 'lost';
    }
  }
  return 'stuck';
}
