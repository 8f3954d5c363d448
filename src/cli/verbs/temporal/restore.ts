import { resolve } from 'node:path';
import { Command } from 'commander';
import { UsageError } from '../../../config/usage-error.ts';
import { say } from '../../output/say.ts';
import { dataOption } from '../access/data-option.ts';

interface Options {
  readonly data: string;
  readonly empty?: boolean;
}

export const restore = () =>
  new Command('restore')
    .description(
      'Put a copy in the place of the runs, with the server stopped; what lay there stays',
    )
    .argument('[copy]', 'a stamp of "temporal check", or a file (default: the newest)')
    .option('--empty', 'begin without runs instead')
    .addOption(dataOption())
    .action(async (asked: string | undefined, { data, empty = false }: Options) => {
      if (empty && asked !== undefined)
        throw new UsageError('A copy, or --empty', 'runbook temporal restore --help');
      const { findCopy, restoreData } = await import('../../../dev/data/restore-data.ts');
      const { factsText } = await import('./facts-text.ts');
      const dataFile = resolve(data);
      const { from, facts, aside } = await restoreData(
        dataFile,
        empty ? undefined : findCopy(dataFile, asked),
      );
      say(facts ? `Put "${from}" in place: ${factsText(facts)}` : 'It begins without runs');
      if (aside !== undefined) say(`What lay there is "${aside}"`);
      say(
        'Next: start the service again; then, for each target: runbook repair -t <target>',
        ...(aside === undefined
          ? []
          : [`Undo, with the server stopped: runbook temporal restore ${aside}`]),
      );
    });
