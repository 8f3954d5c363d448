import { Command } from 'commander';
import { blocks } from './security/blocks.ts';

export const security = () =>
  new Command('security')
    .description('Show who is blocked, and let them through again')
    .addCommand(blocks());
