import { Command } from 'commander';
import { positive } from '../input/positive.ts';

interface Options {
  readonly host: string;
  readonly port: number;
}

const EXAMPLES = `
Takes alerts in: of Alertmanager (/alertmanager/webhook), of Prometheus itself
(/api/v2/alerts), of what speaks to PagerDuty (/v2/enqueue); and links that
acknowledge (/ack). 200 is answered only to what is durable in Temporal.

Environment:
  RUNBOOK_GATEWAY_TOKENS  who may send: "alertmanager:<token> shop:<token>"
  RUNBOOK_GATEWAY_SECRET  signs the links; the same for the worker
`;

export const gateway = () =>
  new Command('gateway')
    .description('Take alerts in, and links that acknowledge')
    .argument('[targets...]', 'names, as in targets/<name>.yaml; none: all that are enabled')
    .option(
      '--host <host>',
      'where it listens; elsewhere than on loopback it needs tokens',
      '127.0.0.1',
    )
    .option('--port <port>', 'where it listens', positive, 9095)
    .addHelpText('after', EXAMPLES)
    .action(async (names: string[], listen: Options) => {
      const { openGateway } = await import('../serve/open-gateway.ts');
      const { targetsFor } = await import('../input/targets-for.ts');
      const { untilSignal } = await import('../serve/until-signal.ts');
      const gateway = await openGateway(targetsFor(names), listen);
      await untilSignal();
      await gateway.close();
    });
