import { resolve } from 'node:path';
import { Command } from 'commander';
import { say } from '../../output/say.ts';
import { dataOption } from './data-option.ts';

export const revoke = () =>
  new Command('revoke')
    .description('Admit a user no more, and cut what they have open')
    .argument('<login>', 'who')
    .addOption(dataOption())
    .action(async (login: string, { data }: { data: string }) => {
      const { revokeAccess } = await import('../../../door/access.ts');
      revokeAccess(resolve(data), login);
      say(`"${login}" is admitted no more. Undo: runbook access grant ${login}`);
    });
