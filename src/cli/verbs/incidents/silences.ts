import { Command } from 'commander';
import { UsageError } from '../../../config/usage-error.ts';
import type { EndedSilence, Silence } from '../../../incident/beside/silence.ts';
import { columns } from '../../../report/columns.ts';
import { timeText } from '../../../report/times.ts';
import { matcher, silenceTimes } from '../../input/silence-input.ts';
import { login, me } from '../../input/me.ts';
import { print, printJson, say } from '../../output/say.ts';
import { withClient } from '../../run/with-client.ts';

interface Asked {
  readonly target?: string;
  readonly match: Readonly<Record<string, string>>;
  readonly reason: string;
  readonly from?: string;
  readonly until?: string;
  readonly for?: string;
  readonly by: string;
  readonly json?: boolean;
}

const TARGET = ['-t, --target <target>', 'target, as in targets/<target>.yaml'] as const;

/** What people keep quiet for a while. */
export const silences = () =>
  new Command('silences')
    .description(
      'Silence certain alerts for a while: they page nobody, and are judged when it ends',
    )
    .addCommand(add())
    .addCommand(list())
    .addCommand(end());

const add = () =>
  new Command('add')
    .description('Silence alerts that have such labels, now or later')
    .option(...TARGET)
    .requiredOption('--match <label=value>', 'a label they have; * stands for anything', matcher)
    .requiredOption('--reason <reason>', 'why, for whoever wonders')
    .option('--from <time>', 'such as 2026-01-05T02:00:00Z; default: now')
    .option('--until <time>', 'when it ends')
    .option('--for <length>', 'or how long it lasts, such as 2h')
    .option('--by <name>', 'who says so', me())
    .option('--json', 'print one JSON object')
    .action(async ({ target: name, match, reason, by, json, ...times }: Asked) => {
      const { Silence } = await import('../../../incident/beside/silence.ts');
      const { addSilence } = await import('../../../client/incidents/silences.ts');
      const { targetFor } = await import('../../input/target-for.ts');
      const { name: target } = targetFor(name);
      const id = crypto.randomUUID();
      const asked = { id, match, reason, by, login: login(), ...silenceTimes(times, Date.now()) };
      const silence = Silence.safeParse(asked);
      if (!silence.success) {
        const [fault] = silence.error.issues;
        throw new UsageError(
          `Cannot read ${fault!.path.join('.')}: ${fault!.message}`,
          'runbook incidents silences add --help',
        );
      }
      await withClient((client) => addSilence(client, target, silence.data));
      if (json) printJson({ target, ...silence.data });
      say(
        `Silenced on ${target} until ${timeText(asked.until)}. To end it: runbook incidents silences end ${id.slice(0, 8)} -t ${target}`,
      );
    });

interface Listed extends Pick<Asked, 'target' | 'json'> {
  readonly all?: boolean;
}

const list = () =>
  new Command('list')
    .description('List what is silenced, or will be')
    .option(...TARGET)
    .option('--all', 'also those that people have ended of late, and who did')
    .option('--json', 'print one JSON array')
    .action(async ({ target: name, all = false, json }: Listed) => {
      const { endedSilencesOf, silencesOf } = await import('../../../client/incidents/silences.ts');
      const { matchText } = await import('../../../incident/beside/silence.ts');
      const { targetsFor } = await import('../../input/targets-for.ts');
      const targets = targetsFor(name === undefined ? [] : [name]).map((target) => target.name);
      const rows = await withClient(async (client) =>
        (
          await Promise.all(
            targets.map(async (target) => {
              const ended = all ? await endedSilencesOf(client, target) : [];
              const known: readonly (Silence & Partial<EndedSilence>)[] = [
                ...(await silencesOf(client, target)),
                ...ended,
              ];
              return known.map((one) => ({ target, ...one }));
            }),
          )
        ).flat(),
      );
      if (json) return printJson(rows);
      if (rows.length === 0) return say('Nothing is silenced');
      const now = new Date().toISOString();
      print(
        columns(
          rows.map(({ id, target, match, from, until, by, reason, endedBy, endedAt }) => [
            id.slice(0, 8),
            target,
            endedAt !== undefined ? 'ended' : from > now ? `from ${timeText(from)}` : 'now',
            endedAt === undefined
              ? `until ${timeText(until)}`
              : `${timeText(endedAt)} by ${endedBy}`,
            matchText(match),
            `${by}: ${reason}`,
          ]),
        ).join('\n'),
      );
    });

const end = () =>
  new Command('end')
    .description('End one before its time: what still fires pages at once')
    .argument('<silence>', 'its id, or the beginning of it')
    .option(...TARGET)
    .option('--by <name>', 'who ends it', me())
    .action(async (part: string, { target: name, by }: Pick<Asked, 'target' | 'by'>) => {
      const { endSilence, silencesOf } = await import('../../../client/incidents/silences.ts');
      const { targetFor } = await import('../../input/target-for.ts');
      const { name: target } = targetFor(name);
      await withClient(async (client) => {
        const known = await silencesOf(client, target);
        const found = known.filter(({ id }) => id.startsWith(part));
        const [only] = found;
        if (!only || found.length > 1)
          throw new UsageError(
            only
              ? `"${part}" means ${found.length} silences`
              : `Cannot find a silence "${part}" of ${target}`,
            `runbook incidents silences list -t ${target}`,
          );
        await endSilence(client, target, only.id, { by, login: login() });
        say(`Ended. What still fires pages people: runbook incidents list -t ${target}`);
      });
    });
