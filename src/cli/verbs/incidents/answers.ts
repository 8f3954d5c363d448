import { Command, Option } from 'commander';
import { severities } from '../../../config/schema/values/severity.ts';
import { type Asked, answer, send } from './send.ts';

/** What a person can do with an incident. Each is kept when no worker runs. */
export const answers = (): Command[] => [
  answer('ack', 'Acknowledge it: nobody else is paged while you work on it').action(
    (id: string, options: Asked) => send(id, { what: 'acknowledge', via: 'cli' }, options),
  ),
  answer('note', 'Add a line to its report')
    .argument('<text>', 'what was seen or done')
    .action((id: string, text: string, options: Asked) =>
      send(id, { what: 'note', text }, options),
    ),
  answer('assign', 'Give somebody a role in it')
    .argument('<role>', 'such as commander, communications')
    .argument('<to>', 'who')
    .action((id: string, role: string, to: string, options: Asked) =>
      send(id, { what: 'assign', role, to }, options),
    ),
  answer('severity', 'Say how bad it is: other people are due then')
    .addArgument(new Command().createArgument('<severity>', 'how bad').choices(severities))
    .option('--reason <reason>', 'why, for the report')
    .action((id: string, severity: string, options: Asked) =>
      send(id, { what: 'severity', severity, reason: options.reason }, options),
    ),
  answer('task', 'Note what is still to be done')
    .argument('<title>', 'what')
    .argument('<owner>', 'who does it')
    .addOption(new Option('--due <date>', 'such as 2026-12-24'))
    .action((id: string, title: string, owner: string, options: Asked) =>
      send(id, { what: 'task', title, owner, due: options.due }, options),
    ),
  answer('task-done', 'Say that one of its tasks is done')
    .argument('<number>', 'of the task')
    .action((id: string, number: string, options: Asked) =>
      send(id, { what: 'task-done', task: Number(number) }, options),
    ),
  answer('review', 'Hand in the review of one that is over')
    .argument('<text>', 'what happened, why, and what will be done about it')
    .action((id: string, text: string, options: Asked) =>
      send(id, { what: 'review', text }, options),
    ),
  answer('resolve', 'Say that it is over')
    .option('--reason <reason>', 'why, for the report')
    .action((id: string, options: Asked) =>
      send(id, { what: 'resolve', reason: options.reason }, options),
    ),
];
