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

/** What a person can do with an open incident. Each is kept when no worker runs. */
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
    .action((id: string, text: string, options: Asked) => sendReview(id, text, options)),
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
  const { answerIncident } = await import('../../../client/incidents/answer-incident.ts');
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
    const { id } = await findIncident(client, part, { open: true });
    if (!(await answerIncident(client, id, checked.data)))
      throw new UsageError(`"${id}" is over`, `runbook incidents show ${id}`);
    if (json) printJson({ incident: id, ...checked.data });
    say(`Sent to ${id}. See it: runbook incidents show ${id}`);
  });
}

function withoutUndefined(fields: object): object {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}

/** To the review of the newest episode. */
async function sendReview(part: string, text: string, { by, json }: Asked): Promise<void> {
  const { answerIncident } = await import('../../../client/incidents/answer-incident.ts');
  const { findIncident } = await import('../../../client/incidents/view-incident.ts');
  const { openReviewOf } = await import('../../../client/incidents/open-review-of.ts');
  await withClient(async (client) => {
    const { id } = await findIncident(client, part, { open: false });
    const review = await openReviewOf(client, id);
    const answer = { what: 'review', by, login: login(), text } as const;
    if (review === undefined || !(await answerIncident(client, review, answer)))
      throw new UsageError(
        `"${id}" waits for no review`,
        `runbook incidents note ${id} "..." while it is open`,
      );
    if (json) printJson({ incident: id, ...answer });
    say(`Reviewed ${id}`);
  });
}
