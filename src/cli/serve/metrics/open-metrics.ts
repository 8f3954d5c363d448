import { environment } from '../../../config/environment.ts';
import { isLoopback } from '../../../gateway/intake/same-site.ts';
import { say } from '../../output/say.ts';
import { listenFrom } from './listen-from.ts';
import { type Metrics, startMetrics } from './start-metrics.ts';

/** Where `--metrics` or RUNBOOK_METRICS says. Undefined: nowhere. Error: `UsageError`, before anything is served. */
export async function openMetrics(text = environment().metrics): Promise<Metrics | undefined> {
  if (text === undefined) return undefined;
  const listen = listenFrom(text);
  const metrics = await startMetrics(listen);
  say(`Metrics at ${metrics.address}`);
  if (!isLoopback(listen.host))
    say('Warning: whoever reaches that address reads them: they need no password');
  return metrics;
}
