import { join, resolve } from 'node:path';
import { Command } from 'commander';
import { expectSettings } from '../../config/environment.ts';
import { positive } from '../input/positive.ts';
import { beginLog, logFormatOption } from '../output/log-format.ts';
import { say } from '../output/say.ts';
import { failedRunsPath } from '../output/ui-paths.ts';
import type { TemporalServer } from '../serve/embedded.ts';

interface Options {
  readonly data?: string;
  readonly port: number;
  readonly uiPort: number;
  readonly schedules: boolean;
  readonly gatewayPort?: number;
  readonly takeOver?: boolean;
  readonly force?: boolean;
  readonly metrics?: string;
  readonly logFormat?: string;
}

export const dev = () =>
  new Command('dev')
    .description('Serve targets, with a Temporal server of our own')
    .argument('[targets...]', 'names, as in targets/<name>.yaml')
    .option('--data <file>', "where the server keeps its runs (default: the user's data directory)")
    .option('--port <port>', 'where the server listens, if it is free', positive, 7233)
    .option(
      '--ui-port <port>',
      'where Temporal UI listens, if it is free and not behind a door',
      positive,
      8233,
    )
    .option('--gateway-port <port>', 'take alerts in, too ("runbook gateway"), there', positive)
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
      const { data, port, uiPort, schedules, gatewayPort } = options;
      const { takeOver = false, force = false } = options;
      expectSettings();
      const { loadTarget } = await import('../../config/load/load.ts');
      const targets = names.map((name) => loadTarget(name));
      const { places } = await import('../../config/places.ts');
      const { openTemporal } = await import('../serve/embedded.ts');
      const { installLog } = await import('../output/log.ts');
      const { gatewaySettings, openGateway } = await import('../serve/gateway/open-gateway.ts');
      const { serve } = await import('../serve/serve.ts');
      const { untilSignal } = await import('../serve/until-signal.ts');
      const { keepCopies } = await import('../serve/data/keep-copies.ts');
      const { openMetrics } = await import('../serve/metrics/open-metrics.ts');
      const listen =
        gatewayPort === undefined ? undefined : { host: '127.0.0.1', port: gatewayPort };
      if (listen) gatewaySettings(targets, listen);
      // Whatever fails from here on ends all that has been started.
      await using parts = new AsyncDisposableStack();
      const metrics = await openMetrics(options.metrics);
      parts.defer(async () => metrics?.close());
      // The only copy of the data may hang on these runs: no completed step is lost with the power.
      const dataFile = resolve(data ?? join(places().data, 'temporal.db'));
      const temporal = await openTemporal({
        dataFile,
        durability: 'FULL',
        ports: { grpc: port, ui: uiPort },
      });
      parts.defer(() => temporal.stop());
      // Only now: from here on the SDK keeps a process from ending until its last connection is closed.
      installLog({ metrics: metrics?.sdk });
      if (temporal.isOurs) {
        const copies = keepCopies({ dataFile });
        parts.defer(() => copies.stop());
      }
      const how = { targets, schedules, takeOver, force, follow: true, metrics };
      const running = await serve({ ...temporal, ...how });
      parts.defer(() => running.stop());
      const signal = untilSignal();
      say(
        `Serving ${names.join(', ') || 'workflows only'} in namespace "${temporal.namespace}" at ${temporal.address}`,
        ...(temporal.address === '127.0.0.1:7233'
          ? []
          : [`For other commands: export TEMPORAL_ADDRESS=${temporal.address}`]),
        ...linesOfUi(temporal),
      );
      if (listen) {
        const gateway = await openGateway(targets, listen, temporal.address);
        parts.defer(() => gateway.close());
      }
      await Promise.race([signal, running.stopped]);
      say('Stopping: running activities get 30 s');
    });

function linesOfUi({ door, uiUrl, namespace }: TemporalServer): string[] {
  if (door) return ['Temporal UI: runbook ui', 'Runs that failed: runbook ui --failed'];
  if (uiUrl === undefined) return [];
  return [`Temporal UI: ${uiUrl}`, `Runs that failed: ${uiUrl}${failedRunsPath(namespace)}`];
}
