import { setTimeout as sleep } from 'node:timers/promises';
import { ApplicationFailure } from '@temporalio/common';
import type { SqliteTarget } from '../../src/config/schema/target.ts';
import { broken } from '../support/broken.ts';
import { orderToLinger } from './order-to-linger.ts';

/** What a fault may do to the run that it strikes. */
interface Strike {
  readonly call: string;
  readonly world: SqliteTarget;
  readonly cancel: () => Promise<unknown>;
  readonly terminate: () => Promise<unknown>;
  /** Resolves when the next acting call has ended, on behalf of whichever run. */
  readonly acted: Promise<void>;
  /** Resolves when another run has started the application. */
  readonly othersStarted: Promise<void>;
}

type Hit = (work: () => Promise<unknown>, strike: Strike) => Promise<unknown>;

export interface Fault {
  /** Strikes the first attempt of one call. */
  readonly hit: Hit;
  /** The run ends as if nothing had happened. */
  readonly succeeds?: true;
  /** The run is terminated by it: a recovery is started next. */
  readonly terminates?: true;
  /** It is `repair` that is started next, and then the same runbook once more. */
  readonly repairs?: true;
}

/** How long the work goes on, unless somebody acts meanwhile: then it goes on after that, which is the worst it can do. */
const OVERLAP_MILLISECONDS = 3000;
/** The worker's next heartbeat would hear that the run has ended, and end the work. */
const OVERLAP_AFTER_END_MILLISECONDS = 1500;

/** What can happen at a call, besides that its worker dies. */
export const faults = {
  'done twice': {
    succeeds: true,
    hit: async (work) => {
      await work();
      return work();
    },
  },

  'failed before': {
    hit: async () => {
      throw broken('It cannot be done');
    },
  },

  'failed after its effect': {
    hit: async (work) => {
      await work();
      throw broken('It was done, and failed');
    },
  },

  'result lost': {
    succeeds: true,
    hit: async (work) => {
      await work();
      throw ApplicationFailure.retryable('It was done, and nobody heard', 'Lost');
    },
  },

  'timed out while it works': {
    hit: async (work, { world, call, acted }) => {
      const linger = orderToLinger(world, call, 'working');
      const late = work().catch(() => {});
      await linger.begun();
      void Promise.race([acted, sleep(OVERLAP_MILLISECONDS)])
        .then(() => linger.end())
        .then(() => late);
      throw broken('No answer in time', 'Timeout');
    },
  },

  'cancelled there': {
    hit: async (work, { cancel }) => {
      await cancel();
      return work();
    },
  },

  'terminated while it works': {
    terminates: true,
    hit: async (work, { world, call, terminate, othersStarted }) => {
      const linger = orderToLinger(world, call, 'working');
      const late = work();
      late.catch(() => {});
      await linger.begun();
      await terminate();
      await Promise.race([othersStarted, sleep(OVERLAP_AFTER_END_MILLISECONDS)]);
      linger.end();
      return late;
    },
  },

  'terminated, its work comes late': {
    terminates: true,
    hit: async (work, { world, call, terminate, othersStarted }) => {
      const linger = orderToLinger(world, call, 'waiting');
      const late = work();
      late.catch(() => {});
      await linger.begun();
      await terminate();
      await Promise.race([othersStarted, late.catch(() => {}), sleep(10_000)]);
      linger.end();
      return late;
    },
  },

  'terminated, then repair': {
    terminates: true,
    repairs: true,
    hit: async (work, { terminate }) => {
      const result = await work();
      await terminate();
      return result;
    },
  },
} as const satisfies Readonly<Record<string, Fault>>;

export const WORKER_KILLED = 'worker killed';
export const UNDO_FAILED = 'undo failed';
export type FaultName = keyof typeof faults | typeof WORKER_KILLED | typeof UNDO_FAILED;

export const faultNames: readonly FaultName[] = [
  ...(Object.keys(faults) as (keyof typeof faults)[]),
  WORKER_KILLED,
];
