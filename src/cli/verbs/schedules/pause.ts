import { Command } from 'commander';
import { me } from '../../input/me.ts';
import { say } from '../../output/say.ts';
import { withClient } from '../../run/with-client.ts';

interface Options {
  readonly target?: string;
  readonly because?: string;
}

export const pause = () =>
  command('pause', 'Keep a runbook from starting by itself, until it is resumed');

export const resume = () => command('resume', 'Let a runbook start by itself again');

function command(word: 'pause' | 'resume', description: string): Command {
  return new Command(word)
    .description(description)
    .argument('<runbook>', 'as in "runbook list"')
    .option('-t, --target <target>', 'target, as in targets/<target>.yaml (or RUNBOOK_TARGET)')
    .option('-b, --because <reason>', 'why: it is shown wherever the schedule is')
    .action(async (runbook: string, { target, because }: Options) => {
      const { pauseSchedule } = await import('../../../client/schedules/pause-schedule.ts');
      const { expectRunbook } = await import('../../input/expect-runbook.ts');
      const { targetFor } = await import('../../input/target-for.ts');
      expectRunbook(runbook);
      const id = `${targetFor(target).name}/${runbook}`;
      await withClient((client) => pauseSchedule(client, id, word, { by: me(), because }));
      say(`${word === 'pause' ? 'Paused' : 'Resumed'} ${id}`);
    });
}
