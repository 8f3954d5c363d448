import { Command } from 'commander';
import { answers } from './incidents/answers.ts';
import { calls } from './incidents/calls.ts';
import { list } from './incidents/list.ts';
import { open } from './incidents/open.ts';
import { reopen } from './incidents/reopen.ts';
import { stats } from './incidents/stats.ts';
import { silences } from './incidents/silences.ts';
import { show } from './incidents/show.ts';

export const incidents = () => {
  const command = new Command('incidents').description(
    'What is wrong, who was notified, and who answers',
  );
  for (const verb of [open, list, show, reopen, silences, stats]) command.addCommand(verb());
  for (const verb of [...answers(), ...calls()]) command.addCommand(verb);
  return command;
};
