import { mkdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import type { Target } from '../../config/schema/target.ts';
import { writeDurably } from '../../os/files/durable-files.ts';

const StopOrder = z.object({
  /** ISO 8601, UTC. */
  begunAt: z.string(),
  /** The last run that has given it. */
  run: z.string().optional(),
  /** The run whose stop on purpose was over when this one began: somebody had started the application since. */
  endedStop: z.string().optional(),
});
type StopOrder = z.infer<typeof StopOrder>;

type Place = Pick<Target, 'state'>;

/** A try after this long is an order of its own: three tries, each with its grace, fit. */
const SAME_ORDER = 10 * 60_000;

/**
 * When the application was first ordered to stop, ISO 8601. The time is written down before the first
 * signal, so a try after a crash counts the downtime from the first one.
 */
export async function orderStop(
  { state }: Place,
  run: string | undefined,
  endedStop?: string,
): Promise<StopOrder> {
  const earlier = await readStopOrder({ state });
  const age = earlier ? Date.now() - Date.parse(earlier.begunAt) : Number.NaN;
  const isSame = age >= 0 && age < SAME_ORDER;
  if (earlier && isSame && earlier.run === run && endedStop === undefined) return earlier;
  const begunAt = earlier && isSame ? earlier.begunAt : new Date().toISOString();
  const over = endedStop ?? earlier?.endedStop;
  const order = {
    begunAt,
    ...(run !== undefined && { run }),
    ...(over !== undefined && { endedStop: over }),
  };
  await mkdir(state, { recursive: true });
  writeDurably(fileIn(state), JSON.stringify(order));
  return order;
}

/** The order that stands: it was not started by us since. One that cannot be read is none. */
export async function readStopOrder({ state }: Place): Promise<StopOrder | undefined> {
  try {
    return StopOrder.parse(JSON.parse(await readFile(fileIn(state), 'utf8')));
  } catch {
    return undefined;
  }
}

export async function endStopOrder({ state }: Place): Promise<void> {
  await rm(fileIn(state), { force: true });
}

function fileIn(state: string): string {
  return join(state, 'stop-order.json');
}
