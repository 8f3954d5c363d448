import { existsSync } from 'node:fs';
import type { Client } from '@temporalio/client';
import { forgetReadings } from '../../../client/runs/forget/forget-readings.ts';
import type { Target } from '../../../config/schema/target.ts';
import { placeOfRunReport } from '../../../state/run-reports.ts';
import { sayOf } from '../../output/say.ts';
import { every } from '../every.ts';

interface Options {
  readonly client: Client;
  /** Those that are served here, as they are at each moment. */
  readonly targets: () => readonly Target[];
  /** Between two looks, in ms. */
  readonly interval?: number;
}

const INTERVAL = 3_600_000;
/** For one target, in ms. */
const LIMIT = 60_000;

/** Keeps Temporal small: what only read is deleted there while its report stays. What cannot be deleted now is so later; that is logged once. */
export function watchReadings({ client, targets, interval = INTERVAL }: Options) {
  const troubled = new Set<string>();

  return every(interval, async (over) => {
    for (const target of targets()) {
      if (over.aborted) return;
      await forgetOf(target, over);
    }
  });

  async function forgetOf(target: Target, over: AbortSignal): Promise<void> {
    const { name } = target;
    const hasReport = (run: string) => existsSync(placeOfRunReport(target, run).json);
    try {
      await client.withAbortSignal(over, () =>
        client.withDeadline(Date.now() + LIMIT, () => forgetReadings(client, target, hasReport)),
      );
      troubled.delete(name);
    } catch (error) {
      if (over.aborted || troubled.has(name)) return;
      troubled.add(name);
      const { message } = error as Error;
      sayOf(
        { target: name },
        `Warning: Cannot delete old readings of "${name}" from Temporal: ${message}`,
      );
    }
  }
}
