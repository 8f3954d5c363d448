import { resolve } from 'node:path';
import { Command } from 'commander';
import { print, printJson, say } from '../../output/say.ts';
import { dataOption } from '../access/data-option.ts';

export const backup = () =>
  new Command('backup')
    .description('Copy the runs as of one moment, while the server runs or not')
    .addOption(dataOption())
    .option('--to <file>', 'where to; else beside the data, where the newest 6 are kept')
    .option('--json', 'print one JSON object')
    .action(async ({ data, to, json }: { data: string; to?: string; json?: boolean }) => {
      const { backUpData } = await import('../../../dev/data/back-up-data.ts');
      const { typed } = await import('../../../dev/data/data-file.ts');
      const { factsText } = await import('./facts-text.ts');
      const dataFile = resolve(data);
      const made = await backUpData(dataFile, to === undefined ? undefined : resolve(to));
      if (json) return printJson(made);
      print(made.file);
      say(`It holds ${factsText(made)}; copied and read through in ${made.milliseconds} ms`);
      for (const file of made.deleted) say(`Deleted the oldest: ${file}`);
      say(`To bring it back, with the server stopped: ${typed(`restore ${made.file}`, dataFile)}`);
    });
