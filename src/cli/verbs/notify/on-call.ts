import { Command } from 'commander';
import { instantOf } from '../../../config/time/instant.ts';
import { UsageError } from '../../../config/usage-error.ts';
import { print, printJson } from '../../output/say.ts';

interface Options {
  readonly target?: string;
  readonly at?: string;
  readonly json?: boolean;
}

export const onCall = () =>
  new Command('on-call')
    .description('Who is on call for each contact, by what, and until when')
    .option('-t, --target <target>', 'target, as in targets/<target>.yaml (or RUNBOOK_TARGET)')
    .option('--at <time>', 'then, such as "2026-12-24T08:00:00Z"; default: now')
    .option('--json', 'print one JSON array')
    .addHelpText('after', '\nExample: runbook notify on-call --at 2026-12-24T08:00:00Z')
    .action(async ({ target: name, at, json }: Options) => {
      const time = timeOf(at);
      const { onCall: shiftOf } = await import('../../../config/calendar/whose-turn.ts');
      const { columns } = await import('../../../report/columns.ts');
      const { timeText } = await import('../../../report/times.ts');
      const { targetFor } = await import('../../input/target-for.ts');
      const { contacts } = targetFor(name);
      const answers = Object.entries(contacts).map(([contact, person]) => ({
        contact,
        members: person.members,
        ...shiftOf(person, time),
      }));
      if (json) return printJson(answers);
      const rows = answers.map(({ contact, members, member, by, until }) =>
        member === undefined
          ? [contact, members.join(', ') || '-', 'no rotation']
          : [contact, member, by!, `until ${timeText(until!)}`],
      );
      print(columns([['CONTACT', 'ON CALL', 'BY'], ...rows]).join('\n'));
    });

function timeOf(text: string | undefined): string {
  if (text === undefined) return new Date().toISOString();
  const time = text.includes('T') ? instantOf(text) : undefined;
  if (time !== undefined) return new Date(time).toISOString();
  throw new UsageError(
    `Cannot read --at "${text}": Expected a time with its zone, such as "2026-12-24T08:00:00Z"`,
    'runbook notify on-call --at 2026-12-24T08:00:00Z',
  );
}
