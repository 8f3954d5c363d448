import { Command, Option } from 'commander';
import { severities } from '../../../config/schema/values/severity.ts';
import { UsageError } from '../../../config/usage-error.ts';
import { login, me } from '../../input/me.ts';
import { printJson, say } from '../../output/say.ts';
import { withClient } from '../../run/with-client.ts';

interface Asked {
  readonly by: string;
  readonly reason?: string;
  readonly due?: string;
  readonly json?: boolean;
}

/** What people add to an incident that is over, too. */
const LASTING: ReadonlySet<string> = new Set(['note', 'assign', 'task', 'task-done', 'review']);

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

function answer(word: string, description: string): Command {
  return new Command(word)
    .description(description)
    .argument('<incident>', 'its id, or any part of it that means one')
    .option('--by <name>', 'who answers: as the target names people', me())
    .option('--json', 'print one JSON object');
}

async function send(part: string, said: object, { by, json }: Asked): Promise<void> {
  const { Answer } = await import('../../../incident/messages.ts');
  const { addToIncident, answerIncident } =
    await import('../../../client/incidents/answer-incident.ts');
  const { findIncident } = await import('../../../client/incidents/view-incident.ts');
  const checked = Answer.safeParse(
    withoutUndefined({ ...said, by, login: login(), id: crypto.randomUUID() }),
  );
  if (!checked.success) {
    const [fault] = checked.error.issues;
    throw new UsageError(
      `Cannot read ${fault!.path.join('.')}: ${fault!.message}`,
      'runbook incidents --help',
    );
  }
  await withClient(async (client) => {
    // What is over stays so, and all the same people add to it.
    const row = await findIncident(client, part, { open: !LASTING.has(checked.data.what) });
    const { id } = row;
    const isOpen = row.closedAt === undefined;
    if (isOpen && checked.data.what === 'review')
      throw new UsageError(
        `"${id}" is not over: there is nothing to review yet`,
        `runbook incidents note ${id} "..."`,
      );
    const isTaken = isOpen
      ? await answerIncident(client, id, checked.data)
      : await addToIncident(client, row, checked.data);
    if (!isTaken) throw new UsageError(`"${id}" is over`, `runbook incidents show ${id}`);
    if (json) printJson({ incident: id, ...checked.data });
    say(`Sent to ${id}. See it: runbook incidents show ${id}`);
  });
}

function withoutUndefined(fields: object): object {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}
