import { join } from 'node:path';
import { Command } from 'commander';
import { say } from '../say.ts';

export const dev = () =>
  new Command('dev')
    .description('Start a Temporal server of our own and a worker: all there is, in one process')
    .argument('[targets...]', 'names, as in targets/<name>.yaml')
    .option('--data <file>', "where the server keeps its runs (default: the user's data directory)")
    .action(async (names: string[], { data }: { data?: string }) => {
      const { loadTarget } = await import('../../config/load.ts');
      const targets = names.map((name) => loadTarget(name));
      const { places } = await import('../../dev/places.ts');
      const { openTemporal } = await import('../embedded.ts');
      const { installLog } = await import('../log.ts');
      const { serve } = await import('../serve.ts');
      const { untilSignal } = await import('../until-signal.ts');
      installLog();
      // The only copy of the data may hang on these runs: no completed step is lost with the power.
      const temporal = await openTemporal(data ?? join(places().data, 'temporal.db'), 'FULL');
      try {
        const running = await serve({ ...temporal, targets });
        say(
          `Serving ${names.join(', ') || 'workflows only'} in namespace "${temporal.namespace}" at ${temporal.address}`,
          ...(temporal.uiUrl ? [`Temporal UI: ${temporal.uiUrl}`] : []),
        );
        await Promise.race([untilSignal(), running.stopped]);
        say('Stopping: running activities get 30 s');
        await running.stop();
      } finally {
        await temporal.stop();
      }
    });
