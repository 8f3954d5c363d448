import { Command, Option } from 'commander';
import { severities } from '../../../config/schema/values/severity.ts';
import { UsageError } from '../../../config/usage-error.ts';
import { runbooksOf } from '../../../incident/beside/runbooks-of.ts';
import { type Asked, answer, send } from './send.ts';

interface Written {
  readonly impact?: string;
  readonly began?: string;
  readonly cause?: string;
  readonly helped?: string;
}

interface Reviewed extends Asked {
  readonly learned?: string;
  readonly runbook?: readonly string[];
}

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
    .option('--learned <text>', 'what the plan of its runbooks is to say from now on')
    .option('--runbook <name...>', 'of which runbooks; default: those that were run for it')
    .action(reviewed),
  answer('document', 'Write what only people know into its report, also when it is over')
    .option('--impact <text>', 'whom it harmed, and how')
    .option('--began <time>', 'when the fault began, such as 2026-01-05T01:40:00Z')
    .option('--cause <text>', 'the root cause')
    .option('--helped <text>', 'what helped')
    .action((id: string, { impact, began, cause, helped, ...options }: Asked & Written) => {
      if ([impact, began, cause, helped].every((one) => one === undefined))
        throw new UsageError(
          'There is nothing to write',
          `runbook incidents document ${id} --cause "..."`,
        );
      return send(id, { what: 'find', impact, began: isoOf(began), cause, helped }, options);
    }),
  answer('resolve', 'Say that it is over')
    .option('--reason <reason>', 'why, for the report')
    .action((id: string, options: Asked) =>
      send(id, { what: 'resolve', reason: options.reason }, options),
    ),
];

/** What is learned for no runbook would stand nowhere. */
async function reviewed(
  id: string,
  text: string,
  { learned, runbook: runbooks, ...options }: Reviewed,
): Promise<void> {
  const { expectRunbook } = await import('../../input/expect-runbook.ts');
  for (const name of runbooks ?? []) expectRunbook(name);
  const example = `runbook incidents review ${id} "..." --learned "..." --runbook database-recovery`;
  if (runbooks && learned === undefined)
    throw new UsageError('Say what is to be learned: --learned', example);
  await send(id, { what: 'review', text, learned, runbooks }, options, (incident) => {
    if (learned === undefined || runbooks || runbooksOf(incident).length > 0) return;
    throw new UsageError(`No runbook was run for "${incident.id}": say whose it is`, example);
  });
}

/** With its zone, in whatever one it is. Error: `UsageError`. */
function isoOf(time: string | undefined): string | undefined {
  if (time === undefined) return undefined;
  const isZoned = /^\d{4}-\d\d-\d\dT.*(Z|[+-]\d\d:\d\d)$/.test(time);
  const parsed = isZoned ? Date.parse(time) : Number.NaN;
  if (!Number.isNaN(parsed)) return new Date(parsed).toISOString();
  throw new UsageError(
    `Cannot read --began "${time}": expected a time with its zone`,
    'runbook incidents document <incident> --began 2026-01-05T01:40:00Z',
  );
}
