import type { Target } from '../../config/schema/target.ts';
import type { Delivery } from '../../incident/page.ts';
import { unclaimed } from '../../os/acting.ts';
import { permanent } from '../../os/failure.ts';
import { lastPractised } from './last-practised.ts';
import { addLearned, type Learned } from './learned.ts';
import { day, nextReview, type Overdue, overdueOf } from './overdue.ts';

/** How the procedures of a target are kept alive. */
export interface ProceduresFound {
  /** Missing: the target says nothing of them. */
  readonly policy?: {
    /** When all of them are to be reviewed next, such as `2026-07-18`. Missing: nobody has reviewed them. */
    readonly nextReview?: string;
    readonly approvedBy?: string;
    /** Of each that is to be practised: the day of its last run, or `never`. */
    readonly practised: Readonly<Record<string, string>>;
  };
  readonly overdue: readonly Overdue[];
}

/** Who owns, reviews and practises the procedures. Reads what runs have left beside the target. */
export function procedureActivities(target: Target, run: string) {
  return {
    async find(): Promise<ProceduresFound> {
      const { procedures } = target;
      if (!procedures) return { overdue: [] };
      const practised = lastPractised(target);
      const { reviewed, reviewEvery, approvedBy, practise } = procedures;
      return {
        policy: {
          ...(reviewed !== undefined && { nextReview: day(nextReview(reviewed, reviewEvery)) }),
          ...(approvedBy !== undefined && { approvedBy }),
          practised: Object.fromEntries(
            practise.map((name) => {
              const last = practised(name);
              return [name, last === undefined ? 'never' : day(last)];
            }),
          ),
        },
        overdue: overdueOf(procedures, practised, Date.now()),
      };
    },

    /** Keeps what a review has taught, where `runbook plan` and `list --long` find it. The same again is the same. */
    learn: unclaimed(async (learned: Learned): Promise<void> => {
      addLearned(target, learned);
    }),

    /** Sends an owner what is overdue of theirs, without waking anybody. What that is is looked up here, whatever the caller knows. Error: `PagesLost`. */
    remind: unclaimed(async (owner: string, at: string): Promise<readonly Delivery[]> => {
      const { procedures, name } = target;
      const overdue = procedures
        ? overdueOf(procedures, lastPractised(target), Date.parse(at)).filter(
            (one) => one.owner === owner,
          )
        : [];
      if (overdue.length === 0) return [];
      const { openChannels } = await import('../../notify/channels/open-channels.ts');
      const deliveries = await openChannels(target).send({
        key: `${run}/${owner}`,
        target: name,
        contact: owner,
        severity: 'sev4',
        urgent: false,
        thread: `procedures/${name}/${owner}`,
        event: 'note',
        subject: `${name}: procedures to review or practise: ${overdue.length}`,
        body: [
          ...overdue.map(({ text }) => `- ${text}`),
          '',
          `A review is done when its day stands as "reviewed" in "procedures" of the target's file. What a run would do: \`runbook plan <runbook> -t ${name}\``,
        ].join('\n'),
        at,
        holdable: false,
      });
      if (deliveries.some(({ delivered }) => delivered)) return deliveries;
      const why = deliveries.map(({ channel, detail }) => `${channel}: ${detail}`).join('; ');
      throw permanent(
        'PagesLost',
        `Nobody could remind "${owner}": ${why || 'no channel reaches them'}`,
      );
    }),
  };
}
