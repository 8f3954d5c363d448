import { resolve } from 'node:path';
import { Command } from 'commander';
import { me } from '../../input/me.ts';
import { say } from '../../output/say.ts';
import { dataOption } from './data-option.ts';

export const grant = () =>
  new Command('grant')
    .description('Admit a user of this machine: their commands reach the server from then on')
    .argument('<login>', 'who')
    .addOption(dataOption())
    .action(async (login: string, { data }: { data: string }) => {
      const { grantAccess } = await import('../../../door/access.ts');
      const { findLogin } = await import('./find-login.ts');
      const { address } = await grantAccess(resolve(data), await findLogin(login), me());
      say(
        `Admitted "${login}", who can now do what the owner of the server can`,
        address === undefined
          ? 'The server does not run: it is told to them when it starts'
          : `Their commands reach it at ${address}, and "runbook ui" opens Temporal UI for them`,
        `Undo: runbook access revoke ${login}`,
      );
    });
