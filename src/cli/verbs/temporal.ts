import { Command } from 'commander';
import { backup } from './temporal/backup.ts';
import { check } from './temporal/check.ts';
import { compact } from './temporal/compact.ts';
import { restore } from './temporal/restore.ts';

const NOTE = `
"runbook dev" keeps all runs in one file, and copies it every 4 hours. These verbs are
for that file; a Temporal server of yours has a database of its own: back that up.
`;

export const temporal = () =>
  new Command('temporal')
    .description('Back up, check, restore and compact the runs of a Temporal server of our own')
    .addHelpText('after', NOTE)
    .addCommand(backup())
    .addCommand(check())
    .addCommand(restore())
    .addCommand(compact());
