import { cpus } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';

/** Long enough that one request of the application is not all that is seen. */
const INTERVAL_MILLISECONDS = 500;

/** The share of all processors' time that was not idle, from 0 to 1. */
export async function cpuShare(): Promise<number> {
  const before = times();
  await sleep(INTERVAL_MILLISECONDS);
  const after = times();
  const all = after.all - before.all;
  return all > 0 ? 1 - (after.idle - before.idle) / all : 0;
}

function times(): { all: number; idle: number } {
  const each = cpus().map(({ times: { user, nice, sys, idle, irq } }) => ({
    all: user + nice + sys + idle + irq,
    idle,
  }));
  return each.reduce((sum, one) => ({ all: sum.all + one.all, idle: sum.idle + one.idle }), {
    all: 0,
    idle: 0,
  });
}
