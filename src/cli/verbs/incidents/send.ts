import { Command } from 'commander';
import { UsageError } from '../../../config/usage-error.ts';
import type { Incident } from '../../../incident/incident.ts';
import { login, me } from '../../input/me.ts';
import { printJson, say } from '../../output/say.ts';
import { withClient } from '../../run/with-client.ts';

/** What every answer takes, and what some do. */
export interface Asked {
  readonly by: string;
  readonly reason?: string;
  readonly due?: string;
  readonly json?: boolean;
}

/** What people add to an incident that is over, too. */
const LASTING: ReadonlySet<string> = new Set([
  'note',
  'assign',
  'task',
  'task-done',
  'review',
  'find',
]);

export function answer(word: string, description: string): Command {
  return new Command(word)
    .description(description)
    .argument('<incident>', 'its id, or any part of it that means one')
    .option('--by <name>', 'who answers: as the target names people', me())
    .option('--json', 'print one JSON object');
}

/**
 * Sends it, and says what came of it. It is kept when no worker runs. `expect` throws when it is not for such an incident. Error:
 * `UsageError` when it is not taken.
 */
export async function send(
  part: string,
  said: object,
  { by, json }: Asked,
  expect?: (incident: Incident) => void,
): Promise<void> {
  const { Answer } = await import('../../../incident/messages.ts');
  const { askIncident } = await import('../../../client/incidents/ask-incident.ts');
  const { findIncident, viewIncident } = await import('../../../client/incidents/view-incident.ts');
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
    if (row.closedAt === undefined && checked.data.what === 'review')
      throw new UsageError(
        `"${row.id}" is not over: there is nothing to review yet`,
        `runbook incidents note ${row.id} "..."`,
      );
    if (expect) expect((await viewIncident(client, row)).incident);
    const outcome = await askIncident(client, row, checked.data);
    if (json) printJson({ incident: row.id, ...checked.data, taken: outcome !== undefined });
    say(
      outcome
        ? `${row.id}: ${outcome.what}, ${outcome.text}. See it: runbook incidents show ${row.id}`
        : `Kept for ${row.id}: no worker has taken it yet, and the next one does. See it: runbook incidents show ${row.id}`,
    );
  });
}

function withoutUndefined(fields: object): object {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}
