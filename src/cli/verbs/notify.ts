import { Command } from 'commander';
import { UsageError } from '../../config/usage-error.ts';
import { exitCodes } from '../exit-code.ts';
import { me } from '../me.ts';
import { print, printJson } from '../say.ts';

interface Options {
  readonly to: string;
  readonly target?: string;
  readonly urgent?: boolean;
  readonly json?: boolean;
}

export const notify = () =>
  new Command('notify').description('Find out whether people can be told').addCommand(test());

function test(): Command {
  return new Command('test')
    .description('Send a test page, and tell what each channel answered')
    .requiredOption('--to <contact>', "one of the target's contacts")
    .option('-t, --target <target>', 'target, as in targets/<target>.yaml (or RUNBOOK_TARGET)')
    .option('--urgent', 'use all that reaches the contact, what rings included')
    .option('--json', 'print one JSON array')
    .addHelpText('after', '\nExample: runbook notify test --to operations --urgent')
    .action(async ({ to, target: name, urgent = false, json }: Options) => {
      const { openChannels } = await import('../../activities/support/channels/open-channels.ts');
      const { columns } = await import('../../report/columns.ts');
      const { oneOf } = await import('../one-of.ts');
      const { targetFor } = await import('../target-for.ts');
      const target = targetFor(name);
      const known = Object.keys(target.contacts);
      if (known.length === 0) throw new UsageError(`Target "${target.name}" names no contacts`);
      const contact = oneOf('contact', to, known, 'runbook notify test --help');
      const deliveries = await openChannels(target).send(testPage(target.name, contact, urgent));
      if (!deliveries.some(({ delivered }) => delivered)) process.exitCode = exitCodes.failed;
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

function testPage(target: string, contact: string, urgent: boolean) {
  const at = new Date().toISOString();
  const thread = `test/${target}/${at}`;
  return {
    key: `${thread}/${contact}`,
    target,
    contact,
    severity: 'sev4',
    urgent,
    thread,
    event: 'trigger',
    subject: `Test page of ${target}`,
    body: `**Nothing is wrong.** ${me()} tests whether "${contact}" can be told.`,
    at,
    holdable: false,
  } as const;
}
