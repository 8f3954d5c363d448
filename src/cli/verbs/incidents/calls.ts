import type { Command } from 'commander';
import { Duration, inMilliseconds } from '../../../config/time/duration.ts';
import { UsageError } from '../../../config/usage-error.ts';
import { type Asked, answer, send } from './send.ts';

interface Called extends Asked {
  readonly to: string;
}

interface PutOff extends Asked {
  readonly for?: string;
  readonly until?: string;
}

/** Who is called for an open incident, and when. Each is kept when no worker runs. */
export const calls = (): Command[] => [
  answer('escalate', 'Call the next level now: whoever had it has it no more')
    .option('--to <contact>', 'call this contact instead')
    .option('--reason <reason>', 'why, for the report')
    .action((id: string, { to, reason, ...options }: Asked & Partial<Called>) =>
      send(id, { what: 'escalate', to, reason }, options),
    ),
  answer('reassign', 'Give it to another contact, who is called at once; then the usual levels')
    .requiredOption('--to <contact>', 'one of the contacts of its target')
    .option('--reason <reason>', 'why, for the report')
    .action((id: string, { to, reason, ...options }: Called) =>
      send(id, { what: 'reassign', to, reason }, options),
    ),
  answer('respond', 'Call one contact more: whoever has it keeps it')
    .alias('add-responder')
    .requiredOption('--to <contact>', 'one of the contacts of its target')
    .option('--reason <reason>', 'what for, for the report')
    .action((id: string, { to, reason, ...options }: Called) =>
      send(id, { what: 'respond', to, reason }, options),
    ),
  answer('snooze', 'Put it off: nobody is called until then, and level 1 at once after it')
    .option('--for <length>', 'such as 30m; of a sev1 at most as long as an acknowledgement')
    .option('--until <time>', 'such as 2026-12-24T06:00:00Z')
    .option('--reason <reason>', 'why, for the report')
    .action((id: string, { reason, ...options }: PutOff) =>
      send(id, { what: 'snooze', until: endOf(options), reason }, options),
    ),
  answer('unack', 'Say that nobody has it any more: people are called from level 1 on')
    .option('--reason <reason>', 'why, for the report')
    .action((id: string, { reason, ...options }: Asked) =>
      send(id, { what: 'unacknowledge', reason }, options),
    ),
];

/** Error: `UsageError`. */
function endOf({ for: length, until }: PutOff): string {
  const example = 'runbook incidents snooze <incident> --for 30m';
  if ((length === undefined) === (until === undefined))
    throw new UsageError('Say how long it is put off: --for, or --until', example);
  if (length !== undefined) {
    const read = Duration.safeParse(length);
    if (!read.success)
      throw new UsageError(
        `Cannot read --for "${length}": ${read.error.issues[0]!.message}`,
        example,
      );
    return new Date(Date.now() + inMilliseconds(read.data)).toISOString();
  }
  const end = /^\d{4}-\d\d-\d\dT.*(Z|[+-]\d\d:\d\d)$/.test(until!)
    ? Date.parse(until!)
    : Number.NaN;
  if (Number.isNaN(end))
    throw new UsageError(
      `Cannot read --until "${until}": expected a time with its zone`,
      'runbook incidents snooze <incident> --until 2026-12-24T06:00:00Z',
    );
  return new Date(end).toISOString();
}
