import { Command } from 'commander';
import { check } from './upgrade/check.ts';

export const upgrade = () =>
  new Command('upgrade')
    .description('Find out, before it serves, whether this version carries on what is open')
    .addCommand(check());
