import { resolve } from 'node:path';
import { Command } from 'commander';
import { say } from '../../output/say.ts';
import { dataOption } from '../access/data-option.ts';

export const compact = () =>
  new Command('compact')
    .description('Give back to the disk what is free in the file, with the server stopped')
    .addOption(dataOption())
    .action(async ({ data }: { data: string }) => {
      const { compactData } = await import('../../../dev/data/compact-data.ts');
      const { factsText } = await import('./facts-text.ts');
      const { before, after } = await compactData(resolve(data));
      say(`Before: ${factsText(before)}`, `Now:    ${factsText(after)}`);
    });
