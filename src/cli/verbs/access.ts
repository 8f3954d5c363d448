import { Command } from 'commander';
import { grant } from './access/grant.ts';
import { list } from './access/list.ts';
import { revoke } from './access/revoke.ts';

const NOTE = `
The server that "runbook dev" starts is closed to other users of this machine.
Root admits them to a server of root's, one by one. Whoever is admitted can do
with it what its owner can: start and stop every runbook, answer for everybody.
`;

export const access = () =>
  new Command('access')
    .description('Which users of this machine may use a Temporal server of our own')
    .addHelpText('after', NOTE)
    .addCommand(grant())
    .addCommand(list())
    .addCommand(revoke());
