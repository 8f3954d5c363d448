import { Command } from 'commander';
import type { Target } from '../../config/schema/target.ts';
import { UsageError } from '../../config/usage-error.ts';
import type { Delivery, Page } from '../../incident/page.ts';
import type { Channels } from '../../notify/channels/open-channels.ts';
import { me } from '../input/me.ts';
import { exitCodes } from '../output/exit-code.ts';
import { print, printJson } from '../output/say.ts';
import { onCall } from './notify/on-call.ts';

interface Options {
  readonly to: string;
  readonly target?: string;
  readonly urgent?: boolean;
  readonly json?: boolean;
}

export const notify = () =>
  new Command('notify')
    .description('Find out whether people can be notified, and who is on call')
    .addCommand(onCall())
    .addCommand(test());

function test(): Command {
  return new Command('test')
    .description('Send a test page, and show what each channel answered')
    .requiredOption('--to <contact>', "one of the target's contacts")
    .option('-t, --target <target>', 'target, as in targets/<target>.yaml (or RUNBOOK_TARGET)')
    .option('--urgent', 'use all that reaches the contact, what rings included')
    .option('--json', 'print one JSON array')
    .addHelpText('after', '\nExample: runbook notify test --to operations --urgent')
    .action(async ({ to, target: name, urgent = false, json }: Options) => {
      const { openChannels } = await import('../../notify/channels/open-channels.ts');
      const { testPage } = await import('../../notify/channels/test-page.ts');
      const { columns } = await import('../../report/columns.ts');
      const { oneOf } = await import('../input/one-of.ts');
      const { targetFor } = await import('../input/target-for.ts');
      const target = targetFor(name);
      const known = Object.keys(target.contacts);
      if (known.length === 0) throw new UsageError(`Target "${target.name}" names no contacts`);
      const contact = oneOf('contact', to, known, 'runbook notify test --help');
      const at = new Date().toISOString();
      const thread = `test/${target.name}/${at}`;
      const page = testPage(
        { target: target.name, contact, urgent, thread, at },
        `${me()} tests whether "${contact}" can be notified.`,
      );
      const sent = await openChannels(withoutChecks(target)).send(page);
      if (!sent.some(({ delivered }) => delivered)) process.exitCode = exitCodes.failed;
      const deliveries = [...sent, ...(await logged(openChannels(target), page))];
      if (json) return printJson(deliveries);
      if (deliveries.length === 0)
        return print(`No channel ${urgent ? '' : 'that does not ring '}reaches "${contact}"`);
      const rows = deliveries.map(({ channel, delivered, member = '', detail }) => [
        delivered ? 'delivered' : 'FAILED',
        channel,
        member,
        detail,
      ]);
      print(columns(rows).join('\n'));
    });
}

/** A page would make a check outside raise the alarm. */
function withoutChecks(target: Target): Target {
  const channels = Object.entries(target.channels).filter(([, one]) => one.kind !== 'healthchecks');
  return { ...target, channels: Object.fromEntries(channels) };
}

/** A check gets it in a way that it only writes down. */
async function logged(channels: Channels, page: Page): Promise<Delivery[]> {
  const checks = channels.reaching(page.contact).filter(([, one]) => one.kind === 'healthchecks');
  return Promise.all(checks.map(([name]) => channels.sendBy(name, { ...page, event: 'note' })));
}
