import type { ActivityOptions } from '@temporalio/workflow';

/**
 * The worker that has an activity done sends a heartbeat every 2 s, whatever its work, so 10 s of silence mean that its
 * worker is gone: the next attempt begins then (measured: a killed worker costs the run about 11 s).
 */
export const alive = { heartbeatTimeout: '10s' } as const;

/** What reads, or changes little: a few tries over about 15 s. */
export const quick: ActivityOptions = {
  ...alive,
  startToCloseTimeout: '1m',
  retry: { maximumAttempts: 5, initialInterval: '1s', backoffCoefficient: 2 },
};

/** Work whose time grows with the database: integrity_check reads 1.15 GB in 33 s, so this serves 60 GB. */
export const bulk: ActivityOptions = {
  ...alive,
  startToCloseTimeout: '30m',
  retry: { maximumAttempts: 3, initialInterval: '2s' },
};

/** The application and its processes: each try has its own grace inside, from the target's policy. */
export const runtime: ActivityOptions = {
  ...alive,
  startToCloseTimeout: '10m',
  retry: { maximumAttempts: 3, initialInterval: '2s' },
};

/**
 * A line to other premises is slow, and now and then down for hours: nobody waits for it, and no person is asked before a working day is over. Each
 * attempt goes on where the last one was cut short.
 */
export const send: ActivityOptions = {
  ...alive,
  startToCloseTimeout: '12h',
  retry: {
    maximumAttempts: 36,
    initialInterval: '5s',
    backoffCoefficient: 3,
    maximumInterval: '15m',
  },
};

/** A target waits for an hour at most until those are gone who use its application: `proxy.drain.grace`. */
export const drain: ActivityOptions = { ...runtime, startToCloseTimeout: '65m' };

/** A package manager is never cut short: a try that comes to its end leaves it running, and the next one goes on waiting for it. */
export const packages: ActivityOptions = {
  ...alive,
  startToCloseTimeout: '90m',
  retry: { maximumAttempts: 3, initialInterval: '5s' },
};

/** It answers that it could not be made. Only a worker that dies has it tried again. */
export const scan: ActivityOptions = { ...bulk, startToCloseTimeout: '65m' };

/** Another target's run may change the host for an hour. No step can be stopped meanwhile: after that a person is asked. */
export const whileHostIsHeld: ActivityOptions = {
  ...alive,
  startToCloseTimeout: '10m',
  retry: {
    maximumAttempts: 130,
    initialInterval: '500ms',
    backoffCoefficient: 1.5,
    maximumInterval: '30s',
  },
};

/** The whole database in both engines: 2 million rows take 20 s in quiet, and a large one hours. */
export const whole: ActivityOptions = {
  ...alive,
  startToCloseTimeout: '6h',
  retry: { maximumAttempts: 3, initialInterval: '2s' },
};
