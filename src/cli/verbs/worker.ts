import { Command } from 'commander';
import { expectSettings } from '../../config/environment.ts';
import { beginLog, logFormatOption } from '../output/log-format.ts';
import { say } from '../output/say.ts';
import { withClient } from '../run/with-client.ts';

interface Options {
  readonly schedules: boolean;
  readonly takeOver?: boolean;
  readonly force?: boolean;
  readonly metrics?: string;
  readonly logFormat?: string;
}

export const worker = () =>
  new Command('worker')
    .description('Serve targets that stand on this host')
    .argument('[targets...]', 'names, as in targets/<name>.yaml; none: workflows and notices only')
    .option('--no-schedules', 'leave the schedules in Temporal as they are')
    .option('--take-over', 'serve the targets from here, though they are served from another place')
    .option('--force', 'serve also when this version leaves open runs standing still')
    .option(
      '--metrics <[host:]port>',
      'tell Prometheus how it is, there (default: RUNBOOK_METRICS)',
    )
    .option(...logFormatOption)
    .action(async (names: string[], options: Options) => {
      beginLog(options.logFormat);
      expectSettings();
      const { schedules, takeOver = false, force = false, metrics: listen } = options;
      const { loadTarget } = await import('../../config/load/load.ts');
      const targets = names.map((name) => loadTarget(name));
      const { connectionSettings } = await import('../../client/connection/connection-settings.ts');
      const { expectNamespace } = await import('../../client/connection/expect-namespace.ts');
      const { openRegistration } = await import('../serve/place/registration.ts');
      const { untilSignal } = await import('../serve/until-signal.ts');
      const { openMetrics } = await import('../serve/metrics/open-metrics.ts');
      await using parts = new AsyncDisposableStack();
      const metrics = await openMetrics(listen);
      parts.defer(async () => metrics?.close());
      await withClient(async (client) => {
        await expectNamespace(client); // says what to try when nobody answers
        // Before what serves is loaded, which takes longer than to hear that another place does.
        await openRegistration(client, targets, { takeOver, isOurs: false }).expectFree();
      });
      const { installLog } = await import('../output/log.ts');
      const { serve } = await import('../serve/serve.ts');
      installLog({ metrics: metrics?.sdk });
      const settings = connectionSettings();
      const how = { targets, schedules, takeOver, force, follow: true, metrics };
      const running = await serve({ ...settings, ...how });
      // Whoever reads that it serves may end it at once.
      const signal = untilSignal();
      say(
        `Serving ${names.join(', ') || 'workflows only'} in namespace "${settings.namespace}" at ${settings.address}`,
      );
      await Promise.race([signal, running.stopped]);
      say('Stopping: running activities get 30 s');
      await running.stop();
    });
