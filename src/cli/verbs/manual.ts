import { Command } from 'commander';
import { print, printJson } from '../output/say.ts';

interface Options {
  readonly target?: string;
  readonly json?: boolean;
}

const AFTER_HELP = `
The commands are those of this target: its paths, its service, its addresses. Where a
manual's usual command loses data, the one that does not stands there.

Examples:
  runbook manual -t ahgd > ahgd.md                 all of them, to print
  runbook manual -t ahgd database-recovery         one of them, to read`;

export const manual = () =>
  new Command('manual')
    .description('Print what a person types by hand, when no worker is to be had')
    .argument('[runbook...]', 'only these (default: all)')
    .option('-t, --target <target>', 'default: RUNBOOK_TARGET, or the only one that is enabled')
    .option('--json', 'print one JSON array')
    .addHelpText('after', AFTER_HELP)
    .action(async (names: readonly string[], { target: name, json }: Options) => {
      const { catalogue } = await import('../../client/catalogue.ts');
      const { targetFor } = await import('../input/target-for.ts');
      const { expectRunbook } = await import('../input/expect-runbook.ts');
      const { manualMarkdown, manualOf } = await import('../manual/manual-of.ts');
      const target = targetFor(name);
      const wanted = names.map((one) => [one, expectRunbook(one)] as const);
      const pages = manualOf(target, names.length > 0 ? wanted : [...catalogue]);
      if (json) printJson(pages);
      else print(manualMarkdown(target, pages));
    });
