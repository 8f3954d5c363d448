import { Command } from 'commander';
import { positive } from '../input/positive.ts';
import { beginLog, logFormatOption } from '../output/log-format.ts';
import { print } from '../output/say.ts';

interface Options {
  readonly host: string;
  readonly port: number;
  readonly link?: string;
  readonly logFormat?: string;
}

const EXAMPLES = `
Takes alerts in: of Alertmanager (/alertmanager/webhook), of Prometheus itself
(/api/v2/alerts), of what speaks to PagerDuty (/v2/enqueue); what people do in
PagerDuty (/pagerduty/webhook); and links by which incidents (/ack) and what
runs ask (/answer) are answered. 200 is answered only to what is durable in
Temporal.
/status shows how targets stand, as their workers wrote or told last: to
whoever has a token, or a link that --link makes.

Environment:
  RUNBOOK_GATEWAY_TOKENS  who may send: "alertmanager:<token> shop:<token>"
  RUNBOOK_GATEWAY_SECRET  signs the links; the same for the worker
  RUNBOOK_GATEWAY_URL     where people reach it: links begin so
  RUNBOOK_GATEWAY_SENDERS workers elsewhere, who tell how their target is:
                          "shop:<token>"; kept below RUNBOOK_GATEWAY_STATE

Examples:
  runbook gateway ahgd
  runbook gateway ahgd --link 30d
`;

export const gateway = () =>
  new Command('gateway')
    .description('Take alerts in, and links that acknowledge; show how targets stand')
    .argument('[targets...]', 'names, as in targets/<name>.yaml; none: all that are enabled')
    .option(
      '--host <host>',
      'where it listens; elsewhere than on loopback it needs tokens',
      '127.0.0.1',
    )
    .option('--port <port>', 'where it listens', positive, 9095)
    .option(
      '--link <how long>',
      'start nothing: print a link to the status page that is good so long, such as "30d"',
    )
    .option(...logFormatOption)
    .addHelpText('after', EXAMPLES)
    .action(async (names: string[], { link, logFormat, ...listen }: Options) => {
      if (link !== undefined) {
        const { statusLink } = await import('./gateway/status-link.ts');
        return print(statusLink(names, link, listen));
      }
      beginLog(logFormat);
      const { openGateway } = await import('../serve/gateway/open-gateway.ts');
      const { targetsFor } = await import('../input/targets-for.ts');
      const { untilSignal } = await import('../serve/until-signal.ts');
      const gateway = await openGateway(targetsFor(names), listen);
      await untilSignal();
      await gateway.close();
    });
