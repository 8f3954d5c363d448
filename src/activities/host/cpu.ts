import { setTimeout as sleep } from 'node:timers/promises';
import { processorTimes } from './processor-times.ts';

/** Long enough that one request of the application is not all that is seen. */
const INTERVAL_MILLISECONDS = 500;

/** The share of all processors' time that was not idle, from 0 to 1. */
export async function cpuShare(): Promise<number> {
  const before = processorTimes();
  await sleep(INTERVAL_MILLISECONDS);
  const after = processorTimes();
  const all = after.all - before.all;
  return all > 0 ? 1 - (after.idle - before.idle) / all : 0;
}
