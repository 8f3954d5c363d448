import { resolve } from 'node:path';
import { Command } from 'commander';
import { exitCodes } from '../../output/exit-code.ts';
import { print, printJson } from '../../output/say.ts';
import { dataOption } from '../access/data-option.ts';

export const check = () =>
  new Command('check')
    .description('Read the runs through, and show their copies; exit code 1 when they are damaged')
    .addOption(dataOption())
    .option('--json', 'print one JSON object')
    .action(async ({ data, json }: { data: string; json?: boolean }) => {
      const { checkData } = await import('../../../dev/data/check-data.ts');
      const { sizeText } = await import('../../../config/text/size-text.ts');
      const { factsText } = await import('./facts-text.ts');
      const found = checkData(resolve(data));
      if (found.damage) process.exitCode = exitCodes.failed;
      if (json) return printJson(found);
      const { file, facts, damage, copies, aside } = found;
      print(damage ? damage.sentence : `${file}: ${facts ? factsText(facts) : 'not there yet'}`);
      const hint = damage?.hint ?? found.hint;
      if (hint) print(`Try: ${hint}`);
      for (const copy of copies) print(`copy       ${copy.stamp}  ${sizeText(copy.bytes)}`);
      for (const one of aside) print(`put aside  ${one}`);
    });
