import { mkdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Target } from '../../config/schema/target.ts';
import { writeDurably } from '../../os/files/durable-files.ts';

/** A try after this long is an order of its own: three tries, each with its grace, fit. */
const SAME_ORDER = 10 * 60_000;

/**
 * When the application was first ordered to stop, ISO 8601. The time is written down before the first
 * signal, so a try after a crash counts the downtime from the first one.
 */
export async function orderStop({ state }: Pick<Target, 'state'>): Promise<string> {
  const earlier = await lastOrder(state);
  if (earlier !== undefined) return earlier;
  const begunAt = new Date().toISOString();
  await mkdir(state, { recursive: true });
  writeDurably(fileIn(state), JSON.stringify({ begunAt }));
  return begunAt;
}

/** When it was ordered to stop, if that was of late and it was not started since. */
async function lastOrder(state: string): Promise<string | undefined> {
  try {
    const { begunAt } = JSON.parse(await readFile(fileIn(state), 'utf8')) as { begunAt: string };
    const age = Date.now() - Date.parse(begunAt);
    return age >= 0 && age < SAME_ORDER ? begunAt : undefined;
  } catch {
    return undefined;
  }
}

export async function endStopOrder({ state }: Pick<Target, 'state'>): Promise<void> {
  await rm(fileIn(state), { force: true });
}

function fileIn(state: string): string {
  return join(state, 'stop-order.json');
}
