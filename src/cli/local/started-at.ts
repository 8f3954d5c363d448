import { uptime } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { instancesOf } from '../../activities/runtime/instances-of.ts';
import type { Target } from '../../config/schema/target.ts';

/** Docker may not answer, and people have to hear of that application all the same. */
const LIMIT_MILLISECONDS = 3000;

/** When the application was started, or else this machine, in ms since 1970. */
export async function startedAt(target: Target): Promise<number> {
  const late = new AbortController();
  const begun = await Promise.race([
    applicationSince(target).catch(() => undefined),
    sleep(LIMIT_MILLISECONDS, undefined, { signal: late.signal }).catch(() => undefined),
  ]).finally(() => late.abort());
  return begun ?? Date.now() - uptime() * 1000;
}

async function applicationSince(target: Target): Promise<number | undefined> {
  const { instances } = await instancesOf(target);
  const times = instances
    .filter(({ isApplication, running }) => isApplication && running)
    .map(({ since = '' }) => Date.parse(since))
    .filter((time) => !Number.isNaN(time));
  return times.length > 0 ? Math.min(...times) : undefined;
}
