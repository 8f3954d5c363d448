import { cpus, loadavg } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { countText } from '../../../config/text/count-text.ts';
import type { Figure } from '../../../figures/figure.ts';
import { limitsOf } from '../judging/judged.ts';
import { measured, type Sampling } from '../sampling.ts';
import { processorTimes, type Times } from '../../host/processor-times.ts';

/** Without a sample before: long enough that one request of the application is not all that is seen. */
const INTERVAL_MILLISECONDS = 500;

/** `cpu.host`: the share of all processors' time that was not idle, since the last sample. */
export async function cpu(sampling: Sampling): Promise<readonly Figure[]> {
  const { since, target } = sampling;
  const first = processorTimes();
  const before = { all: since.before('cpu.all'), idle: since.before('cpu.idle') };
  since.keep('cpu.all', first.all);
  since.keep('cpu.idle', first.idle);
  const share = shareBetween(before, first) ?? (await shareNow(first));
  const [load = 0] = loadavg();
  return [
    measured(
      sampling,
      'cpu.host',
      {
        value: share,
        unit: 'ratio',
        source: '/proc/stat',
        note: `${Math.round(share * 100)} %, load ${load.toFixed(1)} on ${countText(cpus().length, 'core')}`,
      },
      limitsOf(target, 'cpu'),
    ),
  ];
}

async function shareNow(first: Times): Promise<number> {
  await sleep(INTERVAL_MILLISECONDS);
  return shareBetween(first, processorTimes()) ?? 0;
}

/** Undefined: no time has passed, or the machine was started since. */
function shareBetween(
  before: { readonly all: number | undefined; readonly idle: number | undefined },
  after: Times,
): number | undefined {
  if (before.all === undefined || before.idle === undefined) return undefined;
  const all = after.all - before.all;
  const idle = after.idle - before.idle;
  if (all < INTERVAL_MILLISECONDS || idle < 0) return undefined;
  return Math.min(1, Math.max(0, 1 - idle / all));
}
