import { Command } from 'commander';
import { exitCodes } from '../exit-code.ts';
import { print, printJson } from '../say.ts';

export const target = () =>
  new Command('target').description('Look at a target').addCommand(
    new Command('check')
      .description('Check a target file: what is wrong in it, and what deserves a look')
      .argument('<file>', 'such as targets/ahgd.yaml')
      .option('--json', 'print one JSON value')
      .action(async (file: string, { json }: { json?: boolean }) => {
        const { checkTarget } = await import('../../config/check-target.ts');
        const { catalogue } = await import('../../client/catalogue.ts');
        const {
          target: checked,
          faults,
          warnings,
          summary,
        } = checkTarget(file, [...catalogue.keys()]);
        if (faults.length > 0) process.exitCode = exitCodes.usage;
        if (json) return printJson({ target: checked?.name, faults, warnings, summary });
        for (const fault of faults) print(`fault: ${fault}`);
        for (const warning of warnings) print(`warning: ${warning}`);
        for (const line of summary ?? []) print(line);
      }),
  );
